import { asError, FeedpulseError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { type InferenceThread, startInferenceThread, WorkerCrashed } from './inference-thread.ts';
import type { BatchResult, WorkerOptions } from './worker-protocol.ts';

interface Task {
  readonly rows: readonly (readonly number[])[];
  resolve(result: BatchResult): void;
  reject(error: Error): void;
  attempts: number;
}

/** Batches per thread: one running and one queued, so that a thread never waits for the main thread. */
const queueDepth = 2;

/** A batch whose worker crashed is retried once. A second crash fails it, since the batch may be the cause. */
const maxAttempts = 2;

/**
 * Milliseconds after which a thread is considered hung. A batch takes well under a second; the margin covers overload and
 * suspended machines.
 */
const defaultTimeoutMs = 120_000;

/** Inference threads that share one queue of batches. Crashed and hung threads are replaced. */
export class WorkerPool {
  /** Queued batches. */
  readonly #queue: Task[] = [];
  readonly #threads = new Set<InferenceThread>();
  /** Threads being started. */
  readonly #starting = new Set<Promise<void>>();
  readonly #size: number;
  readonly #options: WorkerOptions;
  readonly #log: Log;
  readonly #timeoutMs: number;
  #isClosed = false;

  private constructor(size: number, options: WorkerOptions, log: Log, timeoutMs: number) {
    this.#size = size;
    this.#options = options;
    this.#log = log;
    this.#timeoutMs = timeoutMs;
  }

  /**
   * Starts `size` threads and waits until all have loaded the model. A thread that takes longer than `timeoutMs` for
   * a batch is replaced.
   * @throws MODEL_FAILED if a thread cannot load the model
   */
  static async start(size: number, options: WorkerOptions, log: Log, timeoutMs = defaultTimeoutMs): Promise<WorkerPool> {
    const pool = new WorkerPool(size, options, log, timeoutMs);
    try {
      await Promise.all(Array.from({ length: size }, () => pool.#spawn()));
      return pool;
    } catch (thrown) {
      await pool.close();
      throw thrown;
    }
  }

  /** Runs the model on rows of token ids. @throws MODEL_FAILED */
  run(rows: readonly (readonly number[])[]): Promise<BatchResult> {
    return new Promise((resolve, reject) => {
      if (this.#isClosed) return reject(scorerClosedError());
      this.#queue.push({ rows, resolve, reject, attempts: 0 });
      this.#spawnMissing();
      this.#dispatch();
    });
  }

  /** Describes missing threads; undefined while all of them run. */
  healthIssue(): string | undefined {
    const missing = this.#size - this.#threads.size;
    if (missing === 0 || this.#isClosed) return undefined;
    return `${missing} of ${this.#size} inference threads crashed and are being replaced`;
  }

  /** Stops the threads after the batches in flight. Rejects queued batches. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#rejectQueue(scorerClosedError());
    await Promise.allSettled(this.#starting);
    await Promise.all([...this.#threads].map((thread) => thread.close()));
  }

  /** Fills threads level by level, so that every thread has one batch before any has two. */
  #dispatch(): void {
    for (let depth = 0; depth < queueDepth; depth += 1) {
      for (const thread of this.#threads) {
        if (thread.queued > depth) continue;
        const task = this.#queue.shift();
        if (!task) return;
        void this.#attempt(thread, task);
      }
    }
  }

  async #attempt(thread: InferenceThread, task: Task): Promise<void> {
    task.attempts += 1;
    const timer = setTimeout(() => this.#discard(thread), this.#timeoutMs);
    try {
      task.resolve(await thread.run(task.rows, () => this.#dispatch()));
    } catch (thrown) {
      const hasCrashed = thrown instanceof WorkerCrashed;
      if (hasCrashed) this.#threads.delete(thread);
      if (hasCrashed && task.attempts < maxAttempts && !this.#isClosed) this.#queue.unshift(task);
      else
        task.reject(
          hasCrashed
            ? new FeedpulseError('MODEL_FAILED', `A batch was lost when its inference thread crashed: ${thrown.message}.`, {
                cause: thrown,
              })
            : asError(thrown),
        );
    } finally {
      clearTimeout(timer);
    }
    this.#dispatch();
  }

  #spawn(): Promise<void> {
    const start = startInferenceThread(this.#options).then((thread) => {
      this.#threads.add(thread);
      void thread.exited.then((cause) => this.#replace(thread, cause));
      this.#dispatch();
    });
    this.#starting.add(start);
    return start.finally(() => this.#starting.delete(start));
  }

  #discard(thread: InferenceThread): void {
    thread.discard();
    this.#replace(thread, new Error('batch timed out'));
  }

  #replace(thread: InferenceThread, cause: Error): void {
    this.#threads.delete(thread);
    if (this.#isClosed) return;
    this.#log.error({ error: cause.message }, 'inference thread crashed; replacing it');
    this.#spawnMissing();
  }

  /** Starts missing threads. If that fails and no thread is left, rejects the queue; the next batch tries again. */
  #spawnMissing(): void {
    for (let missing = this.#size - this.#threads.size - this.#starting.size; missing > 0; missing -= 1) {
      this.#spawn().catch((thrown: unknown) => {
        this.#log.error({ error: asError(thrown).message }, 'inference thread failed to start');
        if (this.#threads.size === 0) this.#rejectQueue(asError(thrown));
      });
    }
  }

  #rejectQueue(error: Error): void {
    for (const task of this.#queue.splice(0)) task.reject(error);
  }
}

export function scorerClosedError(): FeedpulseError {
  return new FeedpulseError('MODEL_FAILED', 'The scorer is closed.');
}
