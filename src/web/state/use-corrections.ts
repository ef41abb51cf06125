import { useEffect, useState } from 'preact/hooks';
import type { Label } from '../../domain/post.ts';
import { errorMessage } from '../api/client.ts';
import { postCorrection, postKey, type ShownPost } from '../api/history.ts';
import { session } from './session.ts';
import { reloadAll } from './use-query.ts';

export interface Correction {
  readonly post: ShownPost;
  /** Null restores the model's label. */
  readonly label: Label | null;
  /** The earlier correction; null if there was none. */
  readonly previousLabel: Label | null;
}

export interface Corrections {
  /** Keys of the selected posts. */
  readonly selected: ReadonlySet<string>;
  /** The corrections that can be undone. */
  readonly last: readonly Correction[];
  readonly problem: string | undefined;
  readonly isBusy: boolean;
  toggle(key: string): void;
  clearSelection(): void;
  /** Null restores the model's label. */
  apply(posts: readonly ShownPost[], label: Label | null): Promise<void>;
  applyToSelected(label: Label): Promise<void>;
  undo(): Promise<void>;
}

interface CorrectionRun {
  readonly last: readonly Correction[];
  readonly problem?: string;
  readonly isBusy: boolean;
}

/**
 * Corrects one or many posts of a list. Corrected posts are patched in place, so that the list keeps its scroll position;
 * metrics are reloaded. The selection is cleared when `question`, the query behind the list, changes.
 */
export function useCorrections(listed: readonly ShownPost[], question: string): Corrections & { readonly posts: readonly ShownPost[] } {
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [patches, setPatches] = useState<ReadonlyMap<string, ShownPost>>(new Map());
  const [run, setRun] = useState<CorrectionRun>({ last: [], isBusy: false });
  useEffect(() => {
    setSelected(new Set());
    setPatches(new Map());
  }, [question]);
  const posts = listed.map((post) => patches.get(postKey(post)) ?? post);
  const submit = async (corrections: readonly Correction[]): Promise<void> => {
    if (run.isBusy) return;
    setRun({ last: [], isBusy: true });
    const last: Correction[] = [];
    let problem: string | undefined;
    try {
      for (const correction of corrections) {
        await postCorrection(correction.post, correction.label);
        last.push(correction);
      }
    } catch (thrown) {
      problem = errorMessage(thrown);
    }
    setRun({ last, isBusy: false, ...(problem !== undefined && { problem }) });
    const corrected = last.map(({ post, label }) => applyCorrection(post, label, session.value?.name ?? '', Date.now()));
    setPatches((before) => new Map([...before, ...corrected.map((post) => [postKey(post), post] as const)]));
    const keys = new Set(corrected.map(postKey));
    setSelected((before) => new Set([...before].filter((key) => !keys.has(key))));
    reloadAll();
  };
  const apply = (targets: readonly ShownPost[], label: Label | null): Promise<void> =>
    submit(targets.map((post) => ({ post, label, previousLabel: correctedLabel(post) })));
  return {
    posts,
    selected,
    last: run.last,
    problem: run.problem,
    isBusy: run.isBusy,
    toggle: (key) => setSelected(selected.has(key) ? new Set([...selected].filter((other) => other !== key)) : new Set([...selected, key])),
    clearSelection: () => setSelected(new Set()),
    apply,
    applyToSelected: (label) =>
      apply(
        posts.filter((post) => selected.has(postKey(post))),
        label,
      ),
    undo: () => submit(run.last.map(({ post, label, previousLabel }) => ({ post, label: previousLabel, previousLabel: label }))),
  };
}

/** The post as the server returns it after the correction; a null label restores the model's. */
export function applyCorrection(post: ShownPost, label: Label | null, by: string, now: number): ShownPost {
  const { correction, ...rest } = post;
  const modelLabel = correction?.modelLabel ?? post.label;
  if (label === null) return { ...rest, label: modelLabel };
  return { ...rest, label, correction: { modelLabel, by, at: new Date(now).toISOString(), reason: '' } };
}

/** The corrected label; null if the post has its model's label. */
export const correctedLabel = ({ correction, label }: ShownPost): Label | null => (correction && label !== 'unscored' ? label : null);
