import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import type { Loaded } from '../state/use-query.ts';

interface Props {
  readonly title: string;
  /** A word beside the title. */
  readonly hint?: ComponentChildren;
  readonly actions?: ComponentChildren;
  readonly class?: string;
  readonly children: ComponentChildren;
}

/** A part of a view with a name. */
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

/** What was loaded; until then its outline, and where that failed why. What is old is shown faded. */
export function Shown<T>(props: {
  readonly loaded: Pick<Loaded<T>, 'data' | 'problem' | 'isStale'>;
  readonly lines?: number;
  readonly children: (data: T) => ComponentChildren;
}) {
  const { loaded, lines = 4, children } = props;
  if (loaded.data !== undefined) return <div class={loaded.isStale ? 'stale' : ''}>{children(loaded.data)}</div>;
  if (loaded.problem !== undefined) return <p class="empty">{loaded.problem}</p>;
  return (
    <div class="skeleton" role="status" aria-label="Loading">
      {Array.from({ length: lines }, (_, line) => (
        <i key={line} />
      ))}
    </div>
  );
}
