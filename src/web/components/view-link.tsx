import type { ComponentChildren } from 'preact';
import { navigate, view } from '../state/router.ts';
import { formatUrl, type ViewState } from '../state/view-state.ts';

interface Props {
  /** What changes in the view. */
  readonly to: Partial<ViewState>;
  readonly class?: string;
  readonly title?: string;
  readonly isCurrent?: boolean;
  readonly children: ComponentChildren;
}

/** A real link to a view, so that it can be opened in another tab and copied. */
export function ViewLink({ to, isCurrent = false, children, ...rest }: Props) {
  const open = (event: MouseEvent): void => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    navigate(to);
  };
  return (
    <a {...rest} href={formatUrl({ ...view.value, ...to }) || './'} aria-current={isCurrent ? 'page' : undefined} onClick={open}>
      {children}
    </a>
  );
}
