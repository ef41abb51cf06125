import { useState } from 'preact/hooks';
import { timeZone } from '../state/brands.ts';
import { navigate, view } from '../state/router.ts';

/** Selects the time zone for times and day boundaries. */
export function ZonePicker() {
  const { zone } = view.value;
  // Rendering about 420 zones would delay the first paint.
  const [isOpened, setOpened] = useState(false);
  const names = isOpened ? allZones() : [];
  const loadZones = (): void => setOpened(true);
  const choose = (value: string): void => {
    const { zone: _, ...rest } = view.value;
    view.value = rest;
    navigate(value === '' ? {} : { zone: value });
  };
  return (
    <label class="zone-picker" title="Time zone of all times and day boundaries. Automatic: the brand's time zone, else the browser's.">
      <span class="visually-hidden">Time zone</span>
      <select
        value={zone ?? ''}
        onFocus={loadZones}
        onPointerEnter={loadZones}
        onPointerDown={loadZones}
        onChange={(event) => choose(event.currentTarget.value)}
      >
        <option value="">{zone === undefined ? `${zoneLabel(timeZone())} (automatic)` : 'Automatic'}</option>
        {(zone === undefined || names.includes(zone) ? names : [zone, ...names]).map((name) => (
          <option key={name} value={name}>
            {zoneLabel(name)}
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

const zoneLabel = (zone: string): string => zone.replaceAll('_', ' ');
