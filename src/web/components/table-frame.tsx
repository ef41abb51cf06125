import type { ComponentChildren } from 'preact';

/** Holds a table that may be wider than its panel: it scrolls sideways by itself, by keyboard too. */
export function TableFrame({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard (WCAG 2.1.1)
    <section class="table-frame" aria-label={title} tabIndex={0}>
      {children}
    </section>
  );
}
