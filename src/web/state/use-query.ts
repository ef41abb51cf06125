import { signal } from '@preact/signals';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { SignInNeeded } from '../api/client.ts';
import { messageOf } from '../error-message.ts';
import { keepAsking } from './poll.ts';
import { afterUrgent, urgently } from './request-priority.ts';
import { askForToken, isSignInNeeded } from './session.ts';

/** What a question was answered with. */
export interface Loaded<T> {
  /** The last answer; that to the question before while this one is on its way. */
  readonly data: T | undefined;
  /** Why the last attempt at this question failed. */
  readonly problem: string | undefined;
  /** Whether the answer shown is to another question. */
  readonly isStale: boolean;
  reload(): void;
}

/** Answers that are shown at once when somebody comes back to them; the newest answers follow. */
const remembered = new Map<string, unknown>();
const mostRemembered = 60;
export const forgetAnswers = (): void => remembered.clear();

/** Problems of what is on the page, by question. */
export const problems = signal<ReadonlyMap<string, string>>(new Map());

/** Rises with every reason to load all anew: somebody has signed in, a label was corrected. */
const epoch = signal(0);
export const reloadAll = (): void => {
  epoch.value += 1;
};

/** After a failure the next attempt does not wait for its turn. */
const retryMs = 3_000;

/** How long an answer holds, in ms; it may depend on the answer. */
type Every<T> = number | ((data: T) => number);

interface LoadOptions {
  /** For what is looked at first: other questions wait until it has been answered. */
  readonly isUrgent?: boolean;
  /** For what a correction is shown in without being loaded anew. */
  readonly isKept?: boolean;
}

interface State<T> {
  /** What `data` is the answer to. */
  readonly question: string;
  readonly data: T | undefined;
  readonly failed?: { readonly question: string; readonly problem: string };
}

/**
 * Asks a question now, and again some time after each answer while the page can be seen. The `question` names it:
 * when that changes, what is under way is cut off.
 */
export function useLoaded<T>(
  question: string,
  load: (signal: AbortSignal) => Promise<T>,
  every: Every<T>,
  { isUrgent = false, isKept = false }: LoadOptions = {},
): Loaded<T> {
  const [state, setState] = useState<State<T>>({ question: '', data: undefined });
  const [again, setAgain] = useState(0);
  const latest = useRef({ load, every });
  latest.current = { load, every };
  const key = `${question} ${isKept ? '' : epoch.value} ${isSignInNeeded.value}`;

  // Before the browser paints: the server works meanwhile.
  useLayoutEffect(() => {
    if (isSignInNeeded.value) return undefined;
    const stop = new AbortController();
    const found = remembered.get(question) as T | undefined; // kept under the same question
    if (found !== undefined) setState({ question, data: found });
    const told = (data: T): number => {
      remember(question, data);
      setState({ question, data });
      noteProblem(question, undefined);
      const { every: holds } = latest.current;
      return typeof holds === 'number' ? holds : holds(data);
    };
    const failed = (thrown: unknown): number => {
      if (thrown instanceof SignInNeeded) askForToken();
      const problem = messageOf(thrown);
      setState((last) => ({ ...last, failed: { question, problem } }));
      if (!(thrown instanceof SignInNeeded)) noteProblem(question, problem);
      return retryMs;
    };
    const ask = async (signal: AbortSignal): Promise<number> => {
      const load = (): Promise<T> => latest.current.load(signal);
      return (isUrgent ? urgently(load) : afterUrgent(load, signal)).then(
        (data) => (signal.aborted ? 0 : told(data)),
        (thrown) => (signal.aborted ? 0 : failed(thrown)),
      );
    };
    void keepAsking(ask, stop.signal, () => !document.hidden || remembered.size === 0);
    return () => {
      stop.abort();
      noteProblem(question, undefined);
    };
  }, [key, again]);

  return {
    data: state.data,
    problem: state.failed?.question === question ? state.failed.problem : undefined,
    isStale: state.data !== undefined && state.question !== question,
    reload: () => setAgain((count) => count + 1),
  };
}

function remember(question: string, data: unknown): void {
  remembered.delete(question);
  remembered.set(question, data);
  const [oldest] = remembered.keys();
  if (remembered.size > mostRemembered && oldest !== undefined) remembered.delete(oldest);
}

function noteProblem(question: string, problem: string | undefined): void {
  if (problems.value.get(question) === problem) return;
  const next = new Map(problems.value);
  if (problem === undefined) next.delete(question);
  else next.set(question, problem);
  problems.value = next;
}
