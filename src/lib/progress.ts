/** Reports the progress of a long operation, in units of its own (posts, minutes, bytes). */
export type OnProgress = (done: number, total: number) => void;
