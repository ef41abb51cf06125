/** Says whether this process may do what only one of several may do at a time. */
export interface Lease {
  /** Asked anew before each time: it can be gone a moment later. */
  isHeld(): boolean;
  /** Gives it back, so that another process need not wait until it is missed. */
  close(): Promise<void>;
}

/** For a process that is alone with its database. */
export const singleProcessLease: Lease = { isHeld: () => true, close: async () => {} };
