/** What the running process says of itself, for /readyz and the page. */
export interface Status {
  readonly ready: boolean;
  /** The state of each part: `ok`, or what is wrong. */
  readonly parts: Readonly<Record<string, string>>;
  readonly source: string;
  readonly modelVersion: string;
  /** Posts that became rows, on average over ten seconds. */
  readonly postsPerSecond: number;
}
