import { useState } from 'preact/hooks';
import { brands } from '../state/brands.ts';
import { view } from '../state/router.ts';
import { browserZone, selectZone, timeZone } from '../state/zone.ts';

/** Selects the time zone for times and day boundaries. It is remembered, and never changes by itself. */
export function ZonePicker() {
  const zone = timeZone();
  // Rendering about 420 zones would delay the first paint.
  const [isOpened, setOpened] = useState(false);
  const loadZones = (): void => setOpened(true);
  const [only] = view.value.brands.length === 1 ? view.value.brands : [];
  const brandZone = brands.value.find(({ brand }) => brand === only)?.timeZone;
  const first = [...new Set([browserZone, ...(brandZone ? [brandZone] : []), 'UTC', zone])];
  const describe = (name: string): string =>
    name === browserZone ? ' (this device)' : name === brandZone && only !== undefined ? ` (${only})` : '';
  const toOption = (name: string) => (
    <option key={name} value={name}>
      {`${zoneLabel(name)}${describe(name)}`}
    </option>
  );
  return (
    <label class="zone-picker" title="Time zone of all times and day boundaries. Remembered on this device.">
      <span class="visually-hidden">Time zone</span>
      <select
        value={zone}
        onFocus={loadZones}
        onPointerEnter={loadZones}
        onPointerDown={loadZones}
        onChange={({ currentTarget: { value } }) => selectZone(value === browserZone ? undefined : value)}
      >
        {first.map(toOption)}
        {isOpened && (
          <optgroup label="All time zones">
            {allZones()
              .filter((name) => !first.includes(name))
              .map(toOption)}
          </optgroup>
        )}
      </select>
    </label>
  );
}

let known: readonly string[] | undefined;
function allZones(): readonly string[] {
  known ??= Intl.supportedValuesOf('timeZone').toSorted();
  return known;
}

export const zoneLabel = (zone: string): string => zone.replaceAll('_', ' ');
