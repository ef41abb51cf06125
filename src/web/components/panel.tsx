import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import type { QueryResult } from '../state/use-query.ts';

interface Props {
  readonly title: string;
  /** Short text next to the title. */
  readonly hint?: ComponentChildren;
  readonly actions?: ComponentChildren;
  readonly class?: string;
  readonly children: ComponentChildren;
}

/** A titled section of a page. */
export function Panel({ title, hint, actions, children, class: name = '' }: Props) {
  const id = useId();
  return (
    <section class={`panel ${name}`} aria-labelledby={id}>
      <header class="panel-head">
        <h2 id={id}>{title}</h2>
        {hint !== undefined && <p class="hint">{hint}</p>}
        {actions !== undefined && <div class="panel-actions">{actions}</div>}
      </header>
      {children}
    </section>
  );
}

/** Renders the data of a query; a skeleton while it loads, the error if it failed. Stale data is faded. */
export function QueryContent<T>(props: {
  readonly loaded: Pick<QueryResult<T>, 'data' | 'error' | 'isStale'>;
  readonly lines?: number;
  /** Shown while loading, instead of lines. */
  readonly placeholder?: ComponentChildren;
  readonly children: (data: T) => ComponentChildren;
}) {
  const { loaded, lines = 4, placeholder, children } = props;
  // Data of another range stays faded while the new one loads, but not if that has failed.
  if (loaded.data !== undefined && !(loaded.isStale && loaded.error !== undefined))
    return (
      // An element of its own: the skeleton, reused, would seem to jump into its place.
      <div key="content" class={loaded.isStale ? 'stale' : ''}>
        {children(loaded.data)}
      </div>
    );
  if (loaded.error !== undefined) return <p class="empty">{loaded.error}</p>;
  if (placeholder !== undefined) return <>{placeholder}</>;
  return (
    <div key="loading" class="skeleton" role="status" aria-label="Loading">
      {Array.from({ length: lines }, (_, line) => (
        <i key={line} />
      ))}
    </div>
  );
}

/** A table that may be wider than its panel: it scrolls horizontally, with the keyboard too. */
export function TableFrame({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: scrollable regions must be reachable by keyboard (WCAG 2.1.1)
    <section class="table-frame" aria-label={title} tabIndex={0}>
      {children}
    </section>
  );
}
