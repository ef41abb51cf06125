import { useState } from 'preact/hooks';
import { messageOf } from '../error-message.ts';
import { Icon } from './icons.tsx';

/** May say what there is to know about the file. */
type Save = () => void | Promise<void> | Promise<string | undefined>;

interface Props {
  readonly what: string;
  readonly csv?: Save;
  readonly png?: Save;
}

/** Takes what is shown along, as figures or as a picture. */
export function SaveButtons({ what, csv, png }: Props) {
  const [state, setState] = useState<{ isBusy: boolean; problem?: string; word?: string | undefined }>({ isBusy: false });
  const carryOut = async (save: Save): Promise<void> => {
    setState({ isBusy: true });
    try {
      const said = await save();
      setState({ isBusy: false, word: said || undefined });
    } catch (thrown) {
      setState({ isBusy: false, problem: messageOf(thrown) });
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
      {state.word && (
        <span class="hint" role="status">
          {state.word}
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
