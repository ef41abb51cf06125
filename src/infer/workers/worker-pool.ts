import { asError, FeedpulseError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { type InferenceThread, startInferenceThread, WorkerCrashed } from './inference-thread.ts';
import type { WorkerOptions } from './worker-protocol.ts';

interface Task {
  readonly rows: readonly (readonly number[])[];
  resolve(logits: Float32Array): void;
  reject(error: Error): void;
  attempts: number;
}

/** One computing, one waiting in the thread: it never idles until this thread has read its answer. */
const postedAhead = 2;

/** A batch is tried once more when its thread died, then given up: it may be what kills them. */
const mostAttempts = 2;

/**
 * Milliseconds without an answer after which a thread is taken to hang. A batch takes well under a second;
 * this leaves room for a machine that is busy or was asleep.
 */
const answerWithinMs = 120_000;

/** Inference threads that take batches from one queue. A thread that dies or hangs is replaced. */
export class WorkerPool {
  /** Batches that no thread has room for yet. */
  readonly #queue: Task[] = [];
  readonly #threads = new Set<InferenceThread>();
  /** Threads on their way. */
  readonly #starts = new Set<Promise<void>>();
  readonly #size: number;
  readonly #facts: WorkerOptions;
  readonly #log: Log;
  readonly #answerWithinMs: number;
  #closed = false;

  private constructor(size: number, facts: WorkerOptions, log: Log, withinMs: number) {
    this.#size = size;
    this.#facts = facts;
    this.#log = log;
    this.#answerWithinMs = withinMs;
  }

  /**
   * A pool whose `size` threads have all loaded the model; one that leaves a batch unanswered for `withinMs`
   * milliseconds is replaced. Rejects with MODEL_FAILED when one can't load it.
   */
  static async start(size: number, facts: WorkerOptions, log: Log, withinMs = answerWithinMs): Promise<WorkerPool> {
    const pool = new WorkerPool(size, facts, log, withinMs);
    try {
      await Promise.all(Array.from({ length: size }, () => pool.#hire()));
      return pool;
    } catch (thrown) {
      await pool.close();
      throw thrown;
    }
  }

  /** Logits of a batch of rows of token ids, one a class for each row. Rejects with MODEL_FAILED. */
  run(rows: readonly (readonly number[])[]): Promise<Float32Array> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(closedError());
      this.#queue.push({ rows, resolve, reject, attempts: 0 });
      this.#fill();
      this.#dispatch();
    });
  }

  /** What is wrong with the threads; undefined while all of them are at work. */
  trouble(): string | undefined {
    const missing = this.#size - this.#threads.size;
    if (missing === 0 || this.#closed) return undefined;
    return `${missing} of ${this.#size} inference threads died and must be replaced`;
  }

  /** Ends the threads after the batches they have; what still waits for one is rejected. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#rejectQueue(closedError());
    await Promise.allSettled(this.#starts);
    await Promise.all([...this.#threads].map((thread) => thread.close()));
  }

  /** Level by level, so that each thread has a batch before any has two. */
  #dispatch(): void {
    for (let ahead = 0; ahead < postedAhead; ahead += 1) {
      for (const thread of this.#threads) {
        if (thread.load > ahead) continue;
        const task = this.#queue.shift();
        if (!task) return;
        void this.#attempt(thread, task);
      }
    }
  }

  async #attempt(thread: InferenceThread, task: Task): Promise<void> {
    task.attempts += 1;
    const timer = setTimeout(() => this.#abandon(thread), this.#answerWithinMs);
    try {
      task.resolve(await thread.run(task.rows));
    } catch (thrown) {
      const died = thrown instanceof WorkerCrashed;
      if (died) this.#threads.delete(thread);
      if (died && task.attempts < mostAttempts && !this.#closed) this.#queue.unshift(task);
      else
        task.reject(
          died
            ? new FeedpulseError('MODEL_FAILED', `A batch was lost with its thread: ${thrown.message}.`, { cause: thrown })
            : asError(thrown),
        );
    } finally {
      clearTimeout(timer);
    }
    this.#dispatch();
  }

  #hire(): Promise<void> {
    const start = startInferenceThread(this.#facts).then((thread) => {
      this.#threads.add(thread);
      void thread.ended.then((cause) => this.#replace(thread, cause));
      this.#dispatch();
    });
    this.#starts.add(start);
    return start.finally(() => this.#starts.delete(start));
  }

  #abandon(thread: InferenceThread): void {
    thread.abandon();
    this.#replace(thread, new Error('it hangs'));
  }

  #replace(thread: InferenceThread, cause: Error): void {
    this.#threads.delete(thread);
    if (this.#closed) return;
    this.#log.error({ error: cause.message }, 'an inference thread died; it is replaced');
    this.#fill();
  }

  /** Starts what is missing. Where that fails and no thread is left, whoever waits is told; the next batch tries again. */
  #fill(): void {
    for (let missing = this.#size - this.#threads.size - this.#starts.size; missing > 0; missing -= 1) {
      this.#hire().catch((thrown: unknown) => {
        this.#log.error({ error: asError(thrown).message }, 'an inference thread could not be started');
        if (this.#threads.size === 0) this.#rejectQueue(asError(thrown));
      });
    }
  }

  #rejectQueue(error: Error): void {
    for (const task of this.#queue.splice(0)) task.reject(error);
  }
}

function closedError(): FeedpulseError {
  return new FeedpulseError('MODEL_FAILED', 'The scorer is closed.');
}
