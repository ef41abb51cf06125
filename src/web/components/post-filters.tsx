import { useEffect, useRef, useState } from 'preact/hooks';
import type { Breakdown } from '../../domain/brand-metrics.ts';
import { storedLabels } from '../../domain/post.ts';
import { isFolded } from '../api/history.ts';
import { formatLanguage } from '../format.ts';
import { navigate, view } from '../state/router.ts';
import { type PostFilter, type Sort, sorts } from '../state/view-state.ts';
import { labelSymbols } from './label.tsx';

const debounceMs = 350;

/** Removes a filter that is undefined or empty. */
function updateFilter(change: { [K in keyof PostFilter]?: PostFilter[K] | undefined }, mode: 'push' | 'replace' = 'push'): void {
  const filter = Object.fromEntries(
    Object.entries({ ...view.value.filter, ...change }).filter(([, value]) => value !== undefined && value !== ''),
  );
  navigate({ filter }, mode);
}

/** The filters of the list of posts. */
export function PostFilters({
  breakdown,
  canRank,
}: {
  readonly breakdown: Breakdown | undefined;
  /** Whether posts can be sorted other than by time. */
  readonly canRank: boolean;
}) {
  const { filter } = view.value;
  const isFiltered = Object.keys(filter).length > 0;
  return (
    <search class="filters">
      <TextFilter />
      <fieldset class="segments small">
        <legend class="visually-hidden">Label</legend>
        <label>
          <input type="radio" name="label" checked={!filter.label} onChange={() => updateFilter({ label: undefined })} />
          <span>All</span>
        </label>
        {storedLabels.map((label) => (
          <label key={label} title={label}>
            <input type="radio" name="label" checked={filter.label === label} onChange={() => updateFilter({ label })} />
            <span>
              {labelSymbols[label]} <em>{label}</em>
            </span>
          </label>
        ))}
      </fieldset>
      <SelectFilter
        name="Platform"
        value={filter.platform}
        known={segmentNames(breakdown?.platforms)}
        title={(name) => name}
        choose={(platform) => updateFilter({ platform })}
      />
      <SelectFilter
        name="Language"
        value={filter.lang}
        known={segmentNames(breakdown?.languages)}
        title={formatLanguage}
        choose={(lang) => updateFilter({ lang })}
      />
      <OrderPicker canRank={canRank} />
      <label>
        <span class="visually-hidden">Accounts</span>
        <select
          value={filter.official ?? 'include'}
          onChange={({ currentTarget: { value } }) =>
            updateFilter({ official: value === 'exclude' || value === 'only' ? value : undefined })
          }
        >
          <option value="include">All accounts</option>
          <option value="exclude">Without official accounts</option>
          <option value="only">Official accounts only</option>
        </select>
      </label>
      <label class="check" title="Near-duplicates are shown as one post with their number">
        <input
          type="checkbox"
          checked={isFolded(filter)}
          onChange={({ currentTarget: { checked } }) => updateFilter({ fold: checked ? 'true' : 'false' })}
        />
        Fold similar posts
      </label>
      <label class="check">
        <input
          type="checkbox"
          checked={filter.lowConfidence === true}
          onChange={(event) => updateFilter({ lowConfidence: event.currentTarget.checked ? true : undefined })}
        />
        Low confidence only
      </label>
      {filter.author && (
        <button type="button" class="quiet-button" onClick={() => updateFilter({ author: undefined })}>
          Author: <bdi>{filter.author}</bdi> ×
        </button>
      )}
      {isFiltered && (
        <button type="button" class="link" onClick={() => navigate({ filter: {} })}>
          Clear
        </button>
      )}
    </search>
  );
}

const orderNames: Readonly<Record<Sort, string>> = {
  time: 'Newest first',
  impact: 'Most important first',
  reach: 'Most followers first',
  confidence: 'Highest confidence first',
  engagement: 'Most engagement first',
};

function OrderPicker({ canRank }: { readonly canRank: boolean }) {
  const { sort = 'time' } = view.value.filter;
  return (
    <label title="Most important: confidence of the label × reach (followers, likes, reposts, replies)">
      <span class="visually-hidden">Order</span>
      <select
        value={canRank ? sort : 'time'}
        onChange={({ currentTarget: { value } }) => updateFilter({ sort: sorts.find((known) => known === value && known !== 'time') })}
      >
        {sorts
          .filter((option) => canRank || option === 'time')
          .map((option) => (
            <option key={option} value={option}>
              {orderNames[option]}
            </option>
          ))}
      </select>
    </label>
  );
}

const segmentNames = (parts: Breakdown['platforms'] | undefined): readonly string[] => parts?.map(({ name }) => name) ?? [];

/** The full-text search; it is applied after a pause in typing. */
const searchHelp =
  'All words must occur, in any inflection. "Quotes" for a phrase, OR between alternatives, -word to exclude, word* for a beginning, parentheses to group.';

function TextFilter() {
  const applied = view.value.filter.text ?? '';
  const [text, setText] = useState(applied);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  // A trailing space is not part of the filter, but must stay in the field while someone is typing.
  useEffect(() => setText((typed) => (typed.trim() === applied ? typed : applied)), [applied]);
  // A search is one step back, not each pause in typing it.
  const apply = (value: string): void => updateFilter({ text: value.trim() || undefined }, applied === '' ? 'push' : 'replace');
  const onInput = (value: string): void => {
    setText(value);
    clearTimeout(timer.current);
    timer.current = setTimeout(apply, debounceMs, value);
  };
  return (
    <input
      type="search"
      class="text-filter"
      placeholder='Search: refund OR "money back" -app'
      title={searchHelp}
      aria-label="Search posts"
      maxLength={200}
      value={text}
      onInput={(event) => onInput(event.currentTarget.value)}
    />
  );
}

function SelectFilter(props: {
  readonly name: string;
  readonly value: string | undefined;
  readonly known: readonly string[];
  readonly title: (value: string) => string;
  readonly choose: (value: string | undefined) => void;
}) {
  const { name, value, known, title, choose } = props;
  const all = value !== undefined && !known.includes(value) ? [...known, value] : known;
  return (
    <label>
      <span class="visually-hidden">{name}</span>
      <select value={value ?? ''} onChange={(event) => choose(event.currentTarget.value || undefined)}>
        <option value="">{`All ${name.toLowerCase()}s`}</option>
        {all.map((option) => (
          <option key={option} value={option}>
            {title(option)}
          </option>
        ))}
      </select>
    </label>
  );
}
