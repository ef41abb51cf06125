/** Hidden states of a batch, padded with zeros to shape [rows, width, stateSize]; the mask [rows, width] is 1 for tokens. */
export interface PaddedStates {
  readonly rows: number;
  readonly width: number;
  readonly stateSize: number;
  readonly hidden: Float32Array<ArrayBuffer>;
  readonly attentionMask: BigInt64Array<ArrayBuffer>;
}

/** A text whose states are in the buffer, from `offset` on. */
export interface StoredText {
  readonly tokens: number;
  readonly offset: number;
}

/** Keeps the hidden states of texts until they are batched. Memory is reused, because a text of 25 tokens has 77 kB of states. */
export interface StateBuffer {
  /** Copies the states of a text and returns their offset. */
  append(states: Float32Array): number;
  /** Batches texts. The next call overwrites the batch. */
  gather(texts: readonly StoredText[], stateSize: number): PaddedStates;
  /** Removes every text. */
  clear(): void;
}

export function createStateBuffer(): StateBuffer {
  let stored = new Float32Array(0);
  let end = 0;
  let batch = new Float32Array(0);
  return {
    append: (states) => {
      const offset = end;
      end += states.length;
      if (end > stored.length) {
        const larger = new Float32Array(2 * end);
        larger.set(stored.subarray(0, offset));
        stored = larger;
      }
      stored.set(states, offset);
      return offset;
    },
    gather: (texts, stateSize) => {
      const width = Math.max(0, ...texts.map(({ tokens }) => tokens));
      const rowSize = width * stateSize;
      if (texts.length * rowSize > batch.length) batch = new Float32Array(texts.length * rowSize);
      const hidden = batch.subarray(0, texts.length * rowSize);
      const attentionMask = new BigInt64Array(texts.length * width);
      for (const [row, { tokens, offset }] of texts.entries()) {
        const size = tokens * stateSize;
        hidden.set(stored.subarray(offset, offset + size), row * rowSize);
        hidden.fill(0, row * rowSize + size, (row + 1) * rowSize);
        attentionMask.fill(1n, row * width, row * width + tokens);
      }
      return { rows: texts.length, width, stateSize, hidden, attentionMask };
    },
    clear: () => {
      end = 0;
    },
  };
}
