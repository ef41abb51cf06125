import { useEffect, useRef, useState } from 'preact/hooks';
import type { CalibrationProgress } from '../../domain/calibration.ts';
import { targetMargin } from '../../domain/calibration.ts';
import { type Label, labels } from '../../domain/post.ts';
import { fetchSample, fitCalibration, type Sample, type SamplePost, sendLabel } from '../api/calibrations.ts';
import { errorMessage } from '../api/client.ts';
import { labelSymbols } from '../components/label.tsx';
import { Panel, QueryContent } from '../components/panel.tsx';
import { formatDecimal, formatInteger, formatNetSentiment, formatPlural } from '../format.ts';
import { brandTitle } from '../state/brands.ts';
import { navigate, view } from '../state/router.ts';
import { hasRole } from '../state/session.ts';
import { useQuery } from '../state/use-query.ts';
import { selectedBrand, type TimeRange } from '../state/view-state.ts';

const neverMs = 86_400_000;
/** The server asks for as many before it calibrates. */
const minLabels = 30;

/** Labels posts of a random sample one at a time, to calibrate net sentiment. */
export function Calibrate() {
  const brand = selectedBrand(view.value);
  const [attempt, setAttempt] = useState(0);
  /** Fixed by the first response, so that all labels are of one sample. */
  const window = useRef<{ readonly brand: string; readonly range: TimeRange } | undefined>(undefined);
  const loaded = useQuery(
    `sample ${brand} ${attempt}`,
    async (signal) => {
      const range = window.current?.brand === brand ? window.current.range : {};
      const sample = await fetchSample(brand, range, signal);
      window.current = { brand, range: { from: sample.from, to: sample.to } };
      return sample;
    },
    neverMs,
    { ignoresReloadAll: true },
  );
  if (!hasRole('editor')) return <p class="empty">Only editors can label posts.</p>;
  return (
    <div class="view">
      <Panel title={`Posts ${brand === '*' ? 'of all brands' : `about ${brandTitle(brand)}`}`} hint="A random sample of the last 28 days">
        <QueryContent loaded={loaded} lines={6}>
          {(sample) => <Labeling key={`${brand} ${attempt}`} brand={brand} sample={sample} onEnd={() => setAttempt(attempt + 1)} />}
        </QueryContent>
      </Panel>
    </div>
  );
}

interface Given {
  readonly post: SamplePost;
  /** Null: skipped. */
  readonly label: Label | null;
}

interface LabelingProps {
  readonly brand: string;
  readonly sample: Sample;
  /** Asks for the next posts. */
  onEnd(): void;
}

function Labeling({ brand, sample, onEnd }: LabelingProps) {
  const [given, setGiven] = useState<readonly Given[]>([]);
  const [progress, setProgress] = useState(sample.progress);
  const [error, setError] = useState<string>();
  const post = sample.posts[given.length];
  /** Labels are sent one after the other, so that the last answer is the newest. */
  const sending = useRef(Promise.resolve());
  const send = (target: SamplePost, label: Label | null): void => {
    sending.current = sending.current
      .then(() => sendLabel(brand, sample, target, label))
      .then(
        (answer) => {
          setProgress(answer.progress);
          setError(undefined);
        },
        (thrown: unknown) => setError(`The last label was not saved: ${errorMessage(thrown)}`),
      );
  };
  const give = (label: Label | null): void => {
    if (!post) return;
    setGiven([...given, { post, label }]);
    if (label !== null) send(post, label);
    if (given.length + 1 === sample.posts.length && sample.posts.length >= 50) void sending.current.then(onEnd);
  };
  const undo = (): void => {
    const last = given.at(-1);
    if (!last) return;
    setGiven(given.slice(0, -1));
    if (last.label !== null) send(last.post, null);
  };
  useLabelKeys({ give, undo });
  return (
    <>
      <ProgressLine progress={progress} />
      {post ? <PostToLabel post={post} brand={brand} /> : <p class="empty">{endText(sample)}</p>}
      <LabelButtons give={give} undo={undo} canUndo={given.length > 0} isOver={!post} />
      {error && <p class="problem">{error}</p>}
      <Fit brand={brand} range={sample} labels={progress.labels} />
    </>
  );
}

const endText = ({ posts }: Sample): string =>
  posts.length === 0 ? 'No scored posts of the last 28 days are left to label.' : 'These were all posts of the sample.';

function PostToLabel({ post, brand }: { readonly post: SamplePost; readonly brand: string }) {
  return (
    <article class="label-post" aria-live="polite">
      <p class="quiet">
        {post.platform}
        {post.author && (
          <>
            {' · '}
            <bdi>{post.author}</bdi>
          </>
        )}
      </p>
      <p class="text" lang={post.lang} dir="auto">
        {post.text}
      </p>
      <p class="quiet">
        {brand === '*' ? 'What does this post express?' : `What does this post express towards ${brandTitle(brand)}?`} Neutral: no opinion,
        or as much for as against.
      </p>
    </article>
  );
}

const keys: Readonly<Record<string, Label | 'skip' | 'undo'>> = {
  ...{ '1': 'negative', '2': 'neutral', '3': 'positive' },
  ...{ ArrowLeft: 'negative', ArrowDown: 'neutral', ArrowRight: 'positive' },
  ...{ ArrowUp: 'skip', s: 'skip', u: 'undo', Backspace: 'undo' },
};

interface LabelActions {
  /** Null skips the post. */
  give(label: Label | null): void;
  undo(): void;
}

/** Keys work anywhere on the page, except in fields and with Ctrl, Alt or Meta. */
function useLabelKeys(actions: LabelActions): void {
  const latest = useRef(actions);
  latest.current = actions;
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const action = keys[event.key];
      const isElsewhere =
        event.target instanceof Element && event.target.closest('input, select, textarea, [role="listbox"], [role="slider"]');
      if (!action || isElsewhere || event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      if (action === 'undo') latest.current.undo();
      else latest.current.give(action === 'skip' ? null : action);
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
}

function LabelButtons({ give, undo, canUndo, isOver }: LabelActions & { readonly canUndo: boolean; readonly isOver: boolean }) {
  return (
    <fieldset class="label-buttons">
      <legend class="visually-hidden">Label</legend>
      {labels.map((label, index) => (
        <button key={label} type="button" class={`quiet-button ${label}`} disabled={isOver} onClick={() => give(label)}>
          {labelSymbols[label]} {label} <kbd>{index + 1}</kbd>
        </button>
      ))}
      <button type="button" class="quiet-button" disabled={isOver} onClick={() => give(null)}>
        skip <kbd>↑</kbd>
      </button>
      <button type="button" class="quiet-button" disabled={!canUndo} onClick={undo}>
        undo <kbd>U</kbd>
      </button>
    </fieldset>
  );
}

function ProgressLine({ progress }: { readonly progress: CalibrationProgress }) {
  const { labels: count, margin, usualMargin, labelsNeeded } = progress;
  const goal = labelsNeeded === null ? Math.max(minLabels, count) : count + labelsNeeded;
  return (
    <>
      <progress class="label-progress" max={goal} value={count} aria-label="Labels" />
      <p class="quiet" role="status">
        {formatPlural(count, 'label')}
        {margin === null
          ? ` · the error is shown after ten${usualMargin === null ? '' : `; without labels it is ±${formatDecimal(usualMargin)} points`}`
          : ` · error of net sentiment ±${formatDecimal(margin)} points`}
        {labelsNeeded !== null && (labelsNeeded > 0 ? ` · about ${formatInteger(labelsNeeded)} more for ±${targetMargin}` : ' · enough')}
      </p>
    </>
  );
}

function Fit({ brand, range, labels: count }: { readonly brand: string; readonly range: TimeRange; readonly labels: number }) {
  const [result, setResult] = useState<string>();
  const fit = (): void => {
    fitCalibration(brand, range).then(
      ({ progress }) =>
        setResult(
          `Net sentiment of these weeks is ${formatNetSentiment(progress.level)} ±${formatDecimal(progress.margin ?? 0)}; counted, it was ${formatNetSentiment(progress.counted)}.`,
        ),
      (thrown: unknown) => setResult(errorMessage(thrown)),
    );
  };
  return (
    <p class="label-fit">
      <button type="button" class="main-button" disabled={count < minLabels} onClick={fit}>
        Calibrate with {formatPlural(count, 'label')}
      </button>{' '}
      {count < minLabels && `From ${minLabels} labels on.`}
      {result && (
        <span role="status">
          {result}{' '}
          <button type="button" class="link" onClick={() => navigate({ page: 'overview' })}>
            Back to the overview
          </button>
        </span>
      )}
    </p>
  );
}
