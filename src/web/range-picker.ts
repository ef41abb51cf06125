import { byId, element } from './dom.ts';
import { type Range, ranges } from './view-state.ts';

/** Radio buttons, one a range. */
export function createRangePicker(choose: (range: Range) => void): { show(range: Range): void } {
  const inputs = ranges.map((range) => {
    const input = element('input');
    input.type = 'radio';
    input.name = 'range';
    input.value = range;
    input.addEventListener('change', () => choose(range));
    byId('ranges').append(element('label', '', input, element('span', '', range)));
    return input;
  });
  return {
    show: (range) => {
      for (const input of inputs) input.checked = input.value === range;
    },
  };
}
