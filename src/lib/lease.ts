/** Permission for work that only one of several processes may do at a time. */
export interface Lease {
  /** Check it before each unit of work: the lease can be lost at any time. */
  isHeld(): boolean;
  /** Releases the lease, so that another process can take it before it expires. */
  close(): Promise<void>;
}

/** For a process that is the only user of its database: always held. */
export const singleProcessLease: Lease = { isHeld: () => true, close: async () => {} };
