import { type Clock, monotonicNow } from '../../lib/clock.ts';
import { asError } from '../../lib/errors.ts';
import { createBatchBudget } from '../batch-budget.ts';
import { type Calibration, calibrate } from '../model/calibrate.ts';
import { planBatches } from '../plan-batches.ts';
import type { ModelRunner, RunnerEvents } from './model-runner.ts';
import { createStateBuffer, type PaddedStates, type StoredText } from './state-buffer.ts';
import type { PaddedBatch } from './worker-protocol.ts';

/** The two parts of a model. */
export interface CascadeParts {
  lower(batch: PaddedBatch): Promise<LowerOutput>;
  /** Runs the upper layers. Resolves to logits of shape [rows, classes]. */
  upper(states: PaddedStates): Promise<Float32Array>;
}

/** Output of the lower layers. */
export interface LowerOutput {
  /** Of shape [rows, width, stateSize]. */
  readonly hidden: Float32Array;
  readonly stateSize: number;
  /** Of shape [rows, classes]; empty if the model has no exit. */
  readonly exitLogits: Float32Array;
}

export interface CascadeDeps extends CascadeParts, RunnerEvents {
  readonly calibration: Calibration;
  /** If undefined, every post runs through the upper layers. */
  readonly exit: { readonly threshold: number; readonly calibration: Calibration } | undefined;
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
}

/** A batch whose result is not complete. */
interface Job {
  readonly id: number;
  readonly probabilities: Float64Array<ArrayBuffer>;
  exits: number;
  ms: number;
  undecided: number;
  hasFailed: boolean;
}

/** A post that waits for the upper layers. */
interface ParkedPost extends StoredText {
  readonly job: Job;
  readonly row: number;
}

const maxRows = 32;

/** Milliseconds after which a post does not wait for others any longer. */
const maxWaitMs = 40;

/**
 * Runner of a model in two parts. Posts that the lower layers are sure about leave early; the others are batched anew, perhaps
 * with posts of other batches. A batch fails only if the model fails on its own posts: when a batch of the upper layers fails,
 * the posts of each original batch are run again separately.
 */
export class Cascade implements ModelRunner {
  readonly #deps: CascadeDeps;
  readonly #states = createStateBuffer();
  /** Of the upper layers. As many waiting tokens start a flush. */
  readonly #budget = createBatchBudget();
  /** Numbers per token; known after the first batch. */
  #stateSize = 0;
  #parked: ParkedPost[] = [];
  #parkedTokens = 0;
  #parkedSince = 0;

  constructor(deps: CascadeDeps) {
    this.#deps = deps;
  }

  get hasParked(): boolean {
    return this.#parked.length > 0;
  }

  async take(id: number, batch: PaddedBatch): Promise<void> {
    const { clock, onParked } = this.#deps;
    const job: Job = { id, probabilities: new Float64Array(batch.lengths.length * 3), exits: 0, ms: 0, undecided: 0, hasFailed: false };
    await this.#runLower(job, batch).catch((thrown: unknown) => this.#fail(job, thrown));
    if (job.undecided > 0) onParked(id);
    else this.#settle(job);
    const isDue = this.#parkedTokens >= this.#budget.maxTokens || monotonicNow(clock) - this.#parkedSince >= maxWaitMs;
    if (this.hasParked && isDue) await this.flush();
  }

  async flush(): Promise<void> {
    const waiting = this.#parked;
    this.#parked = [];
    this.#parkedTokens = 0;
    const lengths = waiting.map(({ tokens }) => tokens);
    for (const indices of planBatches(lengths, { maxTokens: this.#budget.maxTokens, maxRows })) {
      const posts = indices.map((index) => waiting[index] as ParkedPost).filter(({ job }) => !job.hasFailed); // indices of `waiting`
      if (posts.length > 0) await this.#runUpper(posts).catch(() => this.#runJobsApart(posts));
    }
    this.#states.clear();
  }

  /** Sets the probabilities of posts that leave, and keeps the states of the others. */
  async #runLower(job: Job, batch: PaddedBatch): Promise<void> {
    const { lower, exit, clock } = this.#deps;
    const startedAt = monotonicNow(clock);
    const { hidden, stateSize, exitLogits } = await lower(batch);
    job.ms = monotonicNow(clock) - startedAt;
    this.#stateSize = stateSize;
    for (const [row, tokens] of batch.lengths.entries()) {
      const early = exit && calibrate(exitLogits, row * exit.calibration.labels.length, exit.calibration);
      if (early && Math.max(...early) >= exit.threshold) {
        job.probabilities.set(early, row * 3);
        job.exits += 1;
        continue;
      }
      if (this.#parked.length === 0) this.#parkedSince = monotonicNow(clock);
      const start = row * batch.width * stateSize;
      const offset = this.#states.append(hidden.subarray(start, start + tokens * stateSize));
      this.#parked.push({ job, row, tokens, offset });
      this.#parkedTokens += tokens;
      job.undecided += 1;
    }
  }

  async #runUpper(posts: readonly ParkedPost[]): Promise<void> {
    const { upper, calibration, clock } = this.#deps;
    const batch = this.#states.gather(posts, this.#stateSize);
    const startedAt = monotonicNow(clock);
    const logits = await upper(batch);
    this.#budget.observe(batch.rows * batch.width, monotonicNow(clock) - startedAt);
    for (const [index, { job, row }] of posts.entries()) {
      job.probabilities.set(calibrate(logits, index * calibration.labels.length, calibration), row * 3);
      job.undecided -= 1;
      this.#settle(job);
    }
  }

  async #runJobsApart(posts: readonly ParkedPost[]): Promise<void> {
    for (const job of new Set(posts.map((post) => post.job)))
      await this.#runUpper(posts.filter((post) => post.job === job)).catch((thrown: unknown) => this.#fail(job, thrown));
  }

  #settle({ id, probabilities, exits, ms, undecided, hasFailed }: Job): void {
    if (undecided === 0 && !hasFailed) this.#deps.onResult(id, { probabilities, exits, ms });
  }

  #fail(job: Job, thrown: unknown): void {
    if (!job.hasFailed) this.#deps.onFailure(job.id, asError(thrown));
    job.hasFailed = true;
  }
}
