import { type Calibration, describeBasis } from '../../domain/calibration.ts';
import { navigate, view } from '../state/router.ts';
import { hasRole } from '../state/session.ts';
import { formatUrl } from '../state/view-state.ts';

export const countedFormula = '100 · (P − N) / (P + N + U), over counts of positive, negative and neutral posts';
export const netFormula = `Net sentiment = ${countedFormula}, corrected for known errors of the model`;

/** The basis in a sentence, with a link to the page on which posts are labeled. */
export function CalibrationNote({ calibration, brand }: { readonly calibration: Calibration; readonly brand: string }) {
  const { basis, levelError } = calibration;
  const isKnown = levelError !== null;
  return (
    <>
      Net sentiment is {describeBasis(calibration)}
      {basis === 'history' && (isKnown ? ': changes are more reliable than its level' : ', and the error of this model is unknown')}.{' '}
      {hasRole('editor') && <LabelLink brand={brand} text={basis === 'labels' ? 'Label more posts' : 'Label posts to calibrate it'} />}
    </>
  );
}

/** A real link, so that the page can be opened in another tab. */
function LabelLink({ brand, text }: { readonly brand: string; readonly text: string }) {
  const next = { ...view.value, page: 'calibrate', brands: brand === '*' ? [] : [brand] } as const;
  const open = (event: MouseEvent): void => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    navigate(next);
  };
  return (
    <a href={formatUrl(next)} onClick={open}>
      {text}
    </a>
  );
}
