import type { ComponentChildren } from 'preact';
import { useEffect, useErrorBoundary } from 'preact/hooks';
import { view } from '../state/router.ts';
import { forgetAnswers } from '../state/use-query.ts';

/** A value that a view cannot draw takes the place of that view alone: the way to the others stays. */
export function ViewBoundary({ children }: { readonly children: ComponentChildren }) {
  const [fault, tryAgain] = useErrorBoundary((thrown: unknown) => {
    // Whoever looks into it finds it where any error of a page is told.
    reportError(thrown);
    // The answer that could not be drawn must not be shown again before a new one has come.
    forgetAnswers();
  });
  useEffect(() => {
    if (fault !== undefined) tryAgain();
  }, [view.value]);
  if (fault === undefined) return <>{children}</>;
  return (
    <div class="panel empty-range" role="alert">
      <h2>This view could not be drawn</h2>
      <p>It met a value that it cannot show. The other views, and other brands and ranges, may be well.</p>
      <button type="button" class="main-button" onClick={tryAgain}>
        Try again
      </button>
    </div>
  );
}
