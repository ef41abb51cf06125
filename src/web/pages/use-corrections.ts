import { useEffect, useState } from 'preact/hooks';
import type { Label } from '../../domain/post.ts';
import type { ShownPost } from '../api/history.ts';
import { correct } from '../api/upkeep.ts';
import type { Correction, Corrections } from '../components/correction.tsx';
import { messageOf } from '../error-message.ts';
import { keyOf } from '../post-key.ts';
import { corrected, saidOf } from '../state/corrected.ts';
import { session } from '../state/session.ts';
import { reloadAll } from '../state/use-query.ts';

interface Run {
  /** What was done, and can be undone. */
  readonly last: readonly Correction[];
  readonly problem?: string;
  readonly isBusy: boolean;
}

/**
 * A person's word on one post or many of a list. The posts change where they stand, so that nobody loses their place;
 * figures are loaded anew, and follow within seconds. A choice ends with the `question` that the list answers.
 */
export function useCorrections(listed: readonly ShownPost[], question: string): Corrections & { readonly posts: readonly ShownPost[] } {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [patches, setPatches] = useState<ReadonlyMap<string, ShownPost>>(new Map());
  const [run, setRun] = useState<Run>({ last: [], isBusy: false });
  useEffect(() => {
    setChosen(new Set());
    setPatches(new Map());
  }, [question]);
  const posts = listed.map((post) => patches.get(keyOf(post)) ?? post);
  const carryOut = async (wanted: readonly Correction[]): Promise<void> => {
    if (run.isBusy) return;
    setRun({ last: [], isBusy: true });
    const last: Correction[] = [];
    let problem: string | undefined;
    try {
      for (const correction of wanted) {
        await correct(correction.post, correction.label);
        last.push(correction);
      }
    } catch (thrown) {
      problem = messageOf(thrown);
    }
    setRun({ last, isBusy: false, ...(problem !== undefined && { problem }) });
    const done = last.map(({ post, label }) => corrected(post, label, session.value?.name ?? '', Date.now()));
    setPatches((before) => new Map([...before, ...done.map((post) => [keyOf(post), post] as const)]));
    const keys = new Set(done.map(keyOf));
    setChosen((before) => new Set([...before].filter((key) => !keys.has(key))));
    reloadAll();
  };
  const apply = (some: readonly ShownPost[], label: Label | null): Promise<void> =>
    carryOut(some.map((post) => ({ post, label, before: saidOf(post) })));
  return {
    posts,
    chosen,
    last: run.last,
    problem: run.problem,
    isBusy: run.isBusy,
    choose: (key) => setChosen(chosen.has(key) ? new Set([...chosen].filter((other) => other !== key)) : new Set([...chosen, key])),
    chooseNone: () => setChosen(new Set()),
    apply,
    applyToChosen: (label) =>
      apply(
        posts.filter((post) => chosen.has(keyOf(post))),
        label,
      ),
    undo: () => carryOut(run.last.map(({ post, label, before }) => ({ post, label: before, before: label }))),
  };
}
