/** A value of a series, and when it was taken (ms since 1970). */
export interface Sample {
  readonly time: number;
  readonly value: number;
}
