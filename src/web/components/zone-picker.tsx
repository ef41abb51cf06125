import { useState } from 'preact/hooks';
import { timeZone } from '../state/brands.ts';
import { go, view } from '../state/router.ts';

/** The zone that times are told in, and in which days begin. */
export function ZonePicker() {
  const { zone } = view.value;
  // Some 420 names: to make and measure them all would hold up the page's first drawing, and few ever look at them.
  const [isOpened, setOpened] = useState(false);
  const names = isOpened ? allZones() : [];
  const offerAll = (): void => setOpened(true);
  const choose = (value: string): void => {
    const { zone: _, ...rest } = view.value;
    view.value = rest;
    go(value === '' ? {} : { zone: value });
  };
  return (
    <label class="zone-picker" title="Times are told in this zone, and days begin in it. Automatic: the brand's own, else yours.">
      <span class="unseen">Time zone</span>
      <select
        value={zone ?? ''}
        onFocus={offerAll}
        onPointerEnter={offerAll}
        onPointerDown={offerAll}
        onChange={(event) => choose(event.currentTarget.value)}
      >
        <option value="">{zone === undefined ? `${inWords(timeZone())} (automatic)` : 'Automatic'}</option>
        {(zone === undefined || names.includes(zone) ? names : [zone, ...names]).map((name) => (
          <option key={name} value={name}>
            {inWords(name)}
          </option>
        ))}
      </select>
    </label>
  );
}

let known: readonly string[] | undefined;
function allZones(): readonly string[] {
  known ??= ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')];
  return known;
}

const inWords = (zone: string): string => zone.replaceAll('_', ' ');
