import { type Label, labels } from '../../domain/post.ts';
import type { PostResponse } from '../api/history.ts';
import { formatCount } from '../format.ts';
import type { Corrections } from '../state/use-corrections.ts';
import { labelSymbols } from './label.tsx';

interface Props {
  readonly post: PostResponse;
  readonly isSelected: boolean;
  /** A correction is being saved; only one runs at a time. */
  readonly isBusy: boolean;
  toggle(): void;
  /** Null restores the model's label. */
  correct(label: Label | null): void;
}

/** Buttons that correct the label of a post, and a checkbox that selects it for a bulk correction. */
export function PostCorrection({ post, isSelected, isBusy, toggle, correct }: Props) {
  return (
    <fieldset class="correction">
      <legend class="visually-hidden">Correct the label</legend>
      <label class="pick">
        <input type="checkbox" checked={isSelected} onChange={toggle} />
        <span class="visually-hidden">Select this post</span>
      </label>
      {labels.map((label) => (
        <button
          key={label}
          type="button"
          class={`quiet-button ${label}`}
          aria-pressed={post.label === label}
          disabled={isBusy}
          title={post.label === label ? `Current label: ${label}` : `Correct to ${label}`}
          onClick={() => post.label !== label && correct(label)}
        >
          {labelSymbols[label]} <span class="visually-hidden">{label}</span>
        </button>
      ))}
      {post.correction && (
        <button type="button" class="quiet-button" disabled={isBusy} onClick={() => correct(null)}>
          Restore model label
        </button>
      )}
    </fieldset>
  );
}

/** The bulk correction of the selected posts; otherwise the last corrections, which can be undone. */
export function CorrectionBar({ corrections }: { readonly corrections: Corrections }) {
  const { selectedKeys, undoable, error, isBusy } = corrections;
  if (selectedKeys.size === 0 && undoable.length === 0 && !error && !isBusy) return null;
  return (
    <div class="toast" role="status">
      {error && <p class="problem">{error}</p>}
      {isBusy && <p>Saving…</p>}
      {selectedKeys.size > 0 && !isBusy && (
        <>
          <p>{countPosts(selectedKeys.size)} selected. Correct to:</p>
          {labels.map((label) => (
            <button key={label} type="button" class={`quiet-button ${label}`} onClick={() => void corrections.applyToSelected(label)}>
              {labelSymbols[label]} {label}
            </button>
          ))}
          <button type="button" class="quiet-button" onClick={corrections.clearSelection}>
            Clear
          </button>
        </>
      )}
      {selectedKeys.size === 0 && undoable.length > 0 && (
        <>
          <p>
            {undoable.every(({ label }) => label === null)
              ? `Restored the model's label of ${countPosts(undoable.length)}`
              : `Corrected ${countPosts(undoable.length)}`}
            . Metrics update within seconds.
          </p>
          <button type="button" class="quiet-button" onClick={() => void corrections.undo()}>
            Undo
          </button>
        </>
      )}
    </div>
  );
}

const countPosts = (count: number): string => (count === 1 ? 'One post' : `${formatCount(count)} posts`);
