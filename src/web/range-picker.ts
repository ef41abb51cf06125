import { byId, element } from './dom.ts';
import { formatSpan } from './format.ts';
import { type Range, ranges, type Span, type ViewState } from './view-state.ts';

export interface RangePicker {
  show(view: Pick<ViewState, 'range' | 'span'>): void;
  /** Says which stretch is shown, if one stands in place of a range. */
  name(span: Span | undefined, timeZone: string): void;
}

/** Radio buttons, one a range; and for a stretch that a link named, what it is. */
export function createRangePicker(choose: (range: Range) => void): RangePicker {
  const inputs = ranges.map((range) => {
    const input = element('input');
    input.type = 'radio';
    input.name = 'range';
    input.value = range;
    input.addEventListener('change', () => choose(range));
    byId('ranges').append(element('label', '', input, element('span', '', range)));
    return input;
  });
  const stretch = byId('stretch');
  return {
    show: ({ range, span }) => {
      for (const input of inputs) input.checked = !span && input.value === range;
      if (!span) stretch.hidden = true;
    },
    name: (span, timeZone) => {
      stretch.hidden = span === undefined;
      stretch.textContent = span ? formatSpan(span, timeZone) : '';
    },
  };
}
