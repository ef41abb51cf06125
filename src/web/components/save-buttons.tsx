import { useState } from 'preact/hooks';
import { errorMessage } from '../api/client.ts';
import { Icon } from './icons.tsx';

/** May resolve to a notice about the file. */
type SaveHandler = () => void | Promise<void> | Promise<string | undefined>;

interface Props {
  readonly subject: string;
  readonly csv?: SaveHandler;
  readonly png?: SaveHandler;
}

/** Buttons that save what is shown as CSV or PNG. */
export function SaveButtons({ subject, csv, png }: Props) {
  const [state, setState] = useState<{ isBusy: boolean; error?: string; notice?: string | undefined }>({ isBusy: false });
  const run = async (save: SaveHandler): Promise<void> => {
    setState({ isBusy: true });
    try {
      const notice = await save();
      setState({ isBusy: false, notice: notice || undefined });
    } catch (thrown) {
      setState({ isBusy: false, error: errorMessage(thrown) });
    }
  };
  const formats = [
    ['CSV', csv],
    ['PNG', png],
  ] as const;
  return (
    <>
      {state.error && (
        <span class="problem" role="alert">
          Could not save: {state.error}
        </span>
      )}
      {state.notice && (
        <span class="hint" role="status">
          {state.notice}
        </span>
      )}
      {formats.map(
        ([kind, save]) =>
          save && (
            <button
              key={kind}
              type="button"
              class="quiet-button"
              aria-label={`Save ${subject} as ${kind}`}
              disabled={state.isBusy}
              onClick={() => void run(save)}
            >
              <Icon name="download" />
              {kind}
            </button>
          ),
      )}
    </>
  );
}
