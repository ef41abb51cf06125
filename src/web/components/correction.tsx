import type { Label } from '../../domain/post.ts';
import { labels } from '../../domain/post.ts';
import type { ShownPost } from '../api/history.ts';
import { formatCount } from '../format.ts';
import { marks } from './label.tsx';

export interface Correction {
  readonly post: ShownPost;
  readonly label: Label | null;
  /** What a person had said before; null where nobody had. */
  readonly before: Label | null;
}

export interface Corrections {
  readonly chosen: ReadonlySet<string>;
  /** What was done last, and can be undone. */
  readonly last: readonly Correction[];
  readonly problem: string | undefined;
  readonly isBusy: boolean;
  choose(key: string): void;
  chooseNone(): void;
  /** Null takes corrections back. */
  apply(posts: readonly ShownPost[], label: Label | null): Promise<void>;
  applyToChosen(label: Label): Promise<void>;
  undo(): Promise<void>;
}

interface Props {
  readonly post: ShownPost;
  readonly isChosen: boolean;
  /** While a correction runs no other one begins. */
  readonly isBusy: boolean;
  choose(): void;
  /** Null takes the correction back. */
  correct(label: Label | null): void;
}

/** Says of one post what it says in truth, or picks it to do so for many at once. */
export function PostCorrection({ post, isChosen, isBusy, choose, correct }: Props) {
  return (
    <fieldset class="correction">
      <legend class="unseen">Correct the label</legend>
      <label class="pick">
        <input type="checkbox" checked={isChosen} onChange={choose} />
        <span class="unseen">Choose this post</span>
      </label>
      {labels.map((label) => (
        <button
          key={label}
          type="button"
          class={`quiet-button ${label}`}
          aria-pressed={post.label === label}
          disabled={isBusy}
          title={post.label === label ? `It counts as ${label}` : `It is ${label} in truth`}
          onClick={() => post.label !== label && correct(label)}
        >
          {marks[label]} <span class="unseen">{label}</span>
        </button>
      ))}
      {post.correction && (
        <button type="button" class="quiet-button" disabled={isBusy} onClick={() => correct(null)}>
          Take back
        </button>
      )}
    </fieldset>
  );
}

/** What was done and can be undone; and what may be done with the posts that are chosen. */
export function CorrectionBar({ corrections }: { readonly corrections: Corrections }) {
  const { chosen, last, problem, isBusy } = corrections;
  if (chosen.size === 0 && last.length === 0 && !problem && !isBusy) return null;
  return (
    <div class="toast" role="status">
      {problem && <p class="problem">{problem}</p>}
      {isBusy && <p>Correcting…</p>}
      {chosen.size > 0 && !isBusy && (
        <>
          <p>{posts(chosen.size)} chosen. In truth they are</p>
          {labels.map((label) => (
            <button key={label} type="button" class={`quiet-button ${label}`} onClick={() => void corrections.applyToChosen(label)}>
              {marks[label]} {label}
            </button>
          ))}
          <button type="button" class="quiet-button" onClick={corrections.chooseNone}>
            Choose none
          </button>
        </>
      )}
      {chosen.size === 0 && last.length > 0 && (
        <>
          <p>
            {posts(last.length)} {last.every(({ label }) => label === null) ? 'as the model has it' : 'corrected'}. The figures follow.
          </p>
          <button type="button" class="quiet-button" onClick={() => void corrections.undo()}>
            Undo
          </button>
        </>
      )}
    </div>
  );
}

const posts = (count: number): string => (count === 1 ? 'One post' : `${formatCount(count)} posts`);
