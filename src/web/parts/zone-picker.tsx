import { go, view } from '../state/address.ts';
import { timeZone } from '../state/brands.ts';

const all = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')];

/** The zone that times are told in, and in which days begin. */
export function ZonePicker() {
  const { zone } = view.value;
  const choose = (value: string): void => {
    const { zone: _, ...rest } = view.value;
    view.value = rest;
    go(value === '' ? {} : { zone: value });
  };
  return (
    <label class="zone-picker" title="Times are told in this zone, and days begin in it. Automatic: the brand's own, else yours.">
      <span class="unseen">Time zone</span>
      <select value={zone ?? ''} onChange={(event) => choose(event.currentTarget.value)}>
        <option value="">{zone === undefined ? `${timeZone().replaceAll('_', ' ')} (automatic)` : 'Automatic'}</option>
        {all.map((name) => (
          <option key={name} value={name}>
            {name.replaceAll('_', ' ')}
          </option>
        ))}
      </select>
    </label>
  );
}
