import { useRef, useState } from 'preact/hooks';
import { formatTimeRange } from '../format.ts';
import { view } from '../state/router.ts';
import { formatUrl, type TimeRange } from '../state/view-state.ts';
import { absoluteRange, timeZone } from '../state/zone.ts';
import { Icon } from './icons.tsx';
import { Popover } from './popover.tsx';

/** Copies a link to the view: one that moves with the clock, or one that always shows what is shown now. */
export function ShareLink() {
  const [copied, setCopied] = useState('');
  const field = useRef<HTMLInputElement>(null);
  const zone = timeZone();
  const { customRange } = view.value;
  const frozen = absoluteRange();
  const copy = async (range: TimeRange | undefined): Promise<void> => {
    const link = new URL(formatUrl({ ...view.value, zone, ...(range && { customRange: range }) }) || './', document.baseURI).href;
    setCopied(link);
    // Not available over plain HTTP, except on this machine: then the selected link can be copied by hand.
    await navigator.clipboard?.writeText(link).catch(() => {});
    field.current?.select();
  };
  return (
    <Popover class="share-link" name="Copy link" label={<Icon name="link" />}>
      <ul class="choices">
        {!customRange && (
          <li>
            <button type="button" onClick={() => void copy(undefined)}>
              <span>
                Copy link
                <span class="quiet"> moves with the clock</span>
              </span>
            </button>
          </li>
        )}
        <li>
          <button type="button" onClick={() => void copy(frozen)}>
            <span>
              {customRange ? 'Copy link' : 'Copy link to this period'}
              <span class="quiet"> {formatTimeRange(frozen, zone)}</span>
            </span>
          </button>
        </li>
      </ul>
      <input ref={field} class={copied ? '' : 'visually-hidden'} tabIndex={copied ? 0 : -1} readOnly value={copied} aria-label="Link" />
      <p class="quiet" role="status">
        {copied && (navigator.clipboard ? 'Copied.' : 'Selected: copy it with Ctrl+C or ⌘C.')}
      </p>
    </Popover>
  );
}
