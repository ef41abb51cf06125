import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** A button with a panel below it. A click outside or Escape closes it. */
export function Popover(props: {
  readonly label: ComponentChildren;
  readonly name: string;
  readonly class?: string;
  readonly children: ComponentChildren;
}) {
  const details = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const close = (event: Event): void => {
      const { current } = details;
      if (current?.open && event.target instanceof Node && !current.contains(event.target)) current.open = false;
    };
    const leave = (event: KeyboardEvent): void => {
      const { current } = details;
      if (event.key !== 'Escape' || !current?.open) return;
      current.open = false;
      current.querySelector('summary')?.focus();
    };
    document.addEventListener('pointerdown', close);
    document.addEventListener('keydown', leave);
    return () => {
      document.removeEventListener('pointerdown', close);
      document.removeEventListener('keydown', leave);
    };
  }, []);
  return (
    <details class={`popover ${props.class ?? ''}`} ref={details}>
      <summary aria-label={props.name}>{props.label}</summary>
      <div class="popover-body">{props.children}</div>
    </details>
  );
}

/** Closes the popover that contains an element. */
export function closePopover(within: EventTarget | null): void {
  const details = within instanceof Element ? within.closest('details') : null;
  if (details) details.open = false;
}
