import { useState } from 'preact/hooks';
import { Icon } from './icons.tsx';

type Save = () => void | Promise<void>;

interface Props {
  readonly what: string;
  readonly csv?: Save;
  readonly png?: Save;
}

/** Takes what is shown along, as figures or as a picture. */
export function SaveButtons({ what, csv, png }: Props) {
  const [state, setState] = useState<{ isBusy: boolean; problem?: string }>({ isBusy: false });
  const carryOut = async (save: Save): Promise<void> => {
    setState({ isBusy: true });
    try {
      await save();
      setState({ isBusy: false });
    } catch (thrown) {
      setState({ isBusy: false, problem: thrown instanceof Error ? thrown.message : String(thrown) });
    }
  };
  const ways = [
    ['CSV', csv],
    ['PNG', png],
  ] as const;
  return (
    <>
      {state.problem && (
        <span class="problem" role="alert">
          Not saved: {state.problem}
        </span>
      )}
      {ways.map(
        ([kind, save]) =>
          save && (
            <button
              key={kind}
              type="button"
              class="quiet-button"
              aria-label={`Save ${what} as ${kind}`}
              disabled={state.isBusy}
              onClick={() => void carryOut(save)}
            >
              <Icon name="download" />
              {kind}
            </button>
          ),
      )}
    </>
  );
}
