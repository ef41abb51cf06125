import { useEffect, useRef, useState } from 'preact/hooks';
import type { Breakdown } from '../../domain/brand-metrics.ts';
import { storedLabels } from '../../domain/post.ts';
import { formatLanguage } from '../format.ts';
import { go, view } from '../state/router.ts';
import type { PostFilter } from '../state/view-state.ts';
import { marks } from './label.tsx';

const typingMs = 350;

/** Leaves out what is undefined: an absent filter is no filter. */
function change(part: { [K in keyof PostFilter]?: PostFilter[K] | undefined }): void {
  const filter = Object.fromEntries(
    Object.entries({ ...view.value.filter, ...part }).filter(([, value]) => value !== undefined && value !== ''),
  );
  go({ filter });
}

/** Which posts of the range are listed. */
export function PostFilters({ breakdown, mayRank }: { readonly breakdown: Breakdown | undefined; readonly mayRank: boolean }) {
  const { filter } = view.value;
  const isFiltered = Object.keys(filter).length > 0;
  return (
    <search class="filters">
      <TextFilter />
      <fieldset class="segments small">
        <legend class="unseen">Label</legend>
        <label>
          <input type="radio" name="label" checked={!filter.label} onChange={() => change({ label: undefined })} />
          <span>all</span>
        </label>
        {storedLabels.map((label) => (
          <label key={label} title={label}>
            <input type="radio" name="label" checked={filter.label === label} onChange={() => change({ label })} />
            <span>
              {marks[label]} <em>{label}</em>
            </span>
          </label>
        ))}
      </fieldset>
      <Choice
        name="Platform"
        value={filter.platform}
        known={namesOf(breakdown?.platforms)}
        title={(name) => name}
        choose={(platform) => change({ platform })}
      />
      <Choice
        name="Language"
        value={filter.lang}
        known={namesOf(breakdown?.languages)}
        title={formatLanguage}
        choose={(lang) => change({ lang })}
      />
      <label>
        <span class="unseen">Order</span>
        <select
          value={mayRank ? (filter.sort ?? 'time') : 'time'}
          onChange={(event) => change({ sort: event.currentTarget.value === 'engagement' ? 'engagement' : undefined })}
        >
          <option value="time">newest first</option>
          {mayRank && <option value="engagement">most reactions first</option>}
        </select>
      </label>
      <label class="check">
        <input
          type="checkbox"
          checked={filter.doubtful === true}
          onChange={(event) => change({ doubtful: event.currentTarget.checked ? true : undefined })}
        />
        doubtful ones
      </label>
      {filter.author && (
        <button type="button" class="quiet-button" onClick={() => change({ author: undefined })}>
          by <bdi>{filter.author}</bdi> ×
        </button>
      )}
      {isFiltered && (
        <button type="button" class="link" onClick={() => go({ filter: {} })}>
          Clear
        </button>
      )}
    </search>
  );
}

const namesOf = (parts: Breakdown['platforms'] | undefined): readonly string[] => parts?.map(({ name }) => name) ?? [];

/** Asks when somebody has stopped typing. */
function TextFilter() {
  const asked = view.value.filter.text ?? '';
  const [text, setText] = useState(asked);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  // A blank at the end is not asked for, and is somebody about to write on.
  useEffect(() => setText((typed) => (typed.trim() === asked ? typed : asked)), [asked]);
  const ask = (value: string): void => change({ text: value.trim() || undefined });
  const typed = (value: string): void => {
    setText(value);
    clearTimeout(timer.current);
    timer.current = setTimeout(ask, typingMs, value);
  };
  return (
    <input
      type="search"
      class="text-filter"
      placeholder='Words, or a "phrase"'
      aria-label="Words that the posts have"
      maxLength={200}
      value={text}
      onInput={(event) => typed(event.currentTarget.value)}
    />
  );
}

function Choice(props: {
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
      <span class="unseen">{name}</span>
      <select value={value ?? ''} onChange={(event) => choose(event.currentTarget.value || undefined)}>
        <option value="">{`every ${name.toLowerCase()}`}</option>
        {all.map((one) => (
          <option key={one} value={one}>
            {title(one)}
          </option>
        ))}
      </select>
    </label>
  );
}
