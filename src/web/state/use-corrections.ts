import { useEffect, useState } from 'preact/hooks';
import type { Label } from '../../domain/post.ts';
import { errorMessage } from '../api/client.ts';
import { type PostResponse, postKey, sendCorrection } from '../api/history.ts';
import { session } from './session.ts';
import { reloadAll } from './use-query.ts';

export interface Correction {
  readonly post: PostResponse;
  /** Null restores the model's label. */
  readonly label: Label | null;
  /** The earlier correction; null if there was none. */
  readonly previousLabel: Label | null;
}

export interface Corrections {
  /** Keys of the selectedKeys posts. */
  readonly selectedKeys: ReadonlySet<string>;
  /** The corrections that can be undone. */
  readonly undoable: readonly Correction[];
  readonly error: string | undefined;
  readonly isBusy: boolean;
  toggle(key: string): void;
  clearSelection(): void;
  /** Null restores the model's label. */
  apply(posts: readonly PostResponse[], label: Label | null): Promise<void>;
  applyToSelected(label: Label): Promise<void>;
  undo(): Promise<void>;
}

interface CorrectionState {
  readonly undoable: readonly Correction[];
  readonly error?: string;
  readonly isBusy: boolean;
}

/**
 * Corrects one or many posts of a list. Corrected posts are patched in place, so that the list keeps its scroll position;
 * metrics are reloaded. The selection is cleared when `queryKey`, the query behind the list, changes.
 */
export function useCorrections(
  listed: readonly PostResponse[],
  queryKey: string,
): Corrections & { readonly posts: readonly PostResponse[] } {
  const [selectedKeys, setSelectedKeys] = useState<ReadonlySet<string>>(new Set());
  const [correctedPosts, setCorrectedPosts] = useState<ReadonlyMap<string, PostResponse>>(new Map());
  const [run, setRun] = useState<CorrectionState>({ undoable: [], isBusy: false });
  useEffect(() => {
    setSelectedKeys(new Set());
    setCorrectedPosts(new Map());
  }, [queryKey]);
  const posts = listed.map((post) => correctedPosts.get(postKey(post)) ?? post);
  const submit = async (corrections: readonly Correction[]): Promise<void> => {
    if (run.isBusy) return;
    setRun({ undoable: [], isBusy: true });
    const undoable: Correction[] = [];
    let error: string | undefined;
    try {
      for (const correction of corrections) {
        await sendCorrection(correction.post, correction.label);
        undoable.push(correction);
      }
    } catch (thrown) {
      error = errorMessage(thrown);
    }
    setRun({ undoable, isBusy: false, ...(error !== undefined && { error }) });
    const corrected = undoable.map(({ post, label }) => applyCorrection(post, label, session.value?.name ?? '', Date.now()));
    setCorrectedPosts((before) => new Map([...before, ...corrected.map((post) => [postKey(post), post] as const)]));
    const keys = new Set(corrected.map(postKey));
    setSelectedKeys((before) => new Set([...before].filter((key) => !keys.has(key))));
    reloadAll();
  };
  const apply = (targets: readonly PostResponse[], label: Label | null): Promise<void> =>
    submit(targets.map((post) => ({ post, label, previousLabel: correctedLabel(post) })));
  return {
    posts,
    selectedKeys,
    undoable: run.undoable,
    error: run.error,
    isBusy: run.isBusy,
    toggle: (key) =>
      setSelectedKeys(
        selectedKeys.has(key) ? new Set([...selectedKeys].filter((other) => other !== key)) : new Set([...selectedKeys, key]),
      ),
    clearSelection: () => setSelectedKeys(new Set()),
    apply,
    applyToSelected: (label) =>
      apply(
        posts.filter((post) => selectedKeys.has(postKey(post))),
        label,
      ),
    undo: () => submit(run.undoable.map(({ post, label, previousLabel }) => ({ post, label: previousLabel, previousLabel: label }))),
  };
}

/** The post as the server returns it after the correction; a null label restores the model's. */
export function applyCorrection(post: PostResponse, label: Label | null, by: string, now: number): PostResponse {
  const { correction, ...rest } = post;
  const modelLabel = correction?.modelLabel ?? post.label;
  if (label === null) return { ...rest, label: modelLabel };
  return { ...rest, label, correction: { modelLabel, by, at: new Date(now).toISOString(), reason: '' } };
}

/** The corrected label; null if the post has its model's label. */
export const correctedLabel = ({ correction, label }: PostResponse): Label | null => (correction && label !== 'unscored' ? label : null);
