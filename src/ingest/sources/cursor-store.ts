/** Keeps the position from which a stream is resumed. A source has one store, whose cursor only the source can read. */
export interface CursorStore {
  /** The cursor that was saved last; undefined at the first start. */
  load(): Promise<string | undefined>;
  /** Resolves once the cursor is durable. Everything that it covers must be durable before the call. */
  save(cursor: string): Promise<void>;
}
