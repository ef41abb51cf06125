import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { errorMessage } from '../api/client.ts';
import { type BrandPreview, type BrandRules, type BrandSetting, previewBrand } from '../api/settings.ts';
import { timeZone as pageTimeZone } from '../state/zone.ts';
import { PreviewResult } from './brand-preview.tsx';

interface Props {
  /** The brand to change; a new one if absent. */
  readonly brand?: BrandSetting;
  /** Rejects with the server's message. */
  readonly save: (rules: BrandRules) => Promise<void>;
  readonly cancel: () => void;
}

/** One item a line. */
const toLines = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** The form of a brand, with a preview of what it would have matched. */
export function BrandForm({ brand, save, cancel }: Props) {
  const [name, setName] = useState(brand?.name ?? '');
  const [aliases, setAliases] = useState(brand?.aliases.join('\n') ?? '');
  const [exclude, setExclude] = useState(brand?.exclude.join('\n') ?? '');
  const [official, setOfficial] = useState(brand?.official.join('\n') ?? '');
  const [zone, setZone] = useState(brand?.timeZone ?? pageTimeZone());
  const [country, setCountry] = useState(brand?.country ?? '');
  const [preview, setPreview] = useState<BrandPreview>();
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const first = useRef<HTMLFormElement>(null);
  useEffect(() => first.current?.querySelector<HTMLElement>('input:not([readonly]), textarea')?.focus(), []);

  const rules = (): BrandRules => ({
    ...{ name: name.trim(), aliases: toLines(aliases), exclude: toLines(exclude), timeZone: zone.trim() },
    ...(country.trim() && { country: country.trim().toUpperCase() }),
    ...(toLines(official).length > 0 && { official: toLines(official) }),
  });
  const run = async (work: () => Promise<void>): Promise<void> => {
    setBusy(true);
    setError(undefined);
    try {
      await work();
    } catch (thrown) {
      setError(errorMessage(thrown));
      setBusy(false);
    }
  };
  const showPreview = async (): Promise<void> => {
    setPreview(await previewBrand(rules()));
    setBusy(false);
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    void run(() => save(rules()));
  };
  return (
    <form class="brand-form" ref={first} onSubmit={submit}>
      <h3>{brand ? `Edit ${brand.name}` : 'New brand'}</h3>
      <div class="brand-fields">
        <TextField label="Name" hint="Also a term to look for" value={name} set={setName} isRequired isReadOnly={brand !== undefined} />
        <TextField label="Time zone" hint="Of its days and quiet hours" value={zone} set={setZone} isRequired />
        <TextField label="Country (optional)" hint="ISO code, for public holidays: DE, DE-BY" value={country} set={setCountry} />
      </div>
      <div class="brand-fields">
        <LinesField label="Also known as" hint="One a line: words, phrases, #hashtags, @handles" value={aliases} set={setAliases} />
        <LinesField label="Ignore posts with" hint="One a line: another meaning of the name" value={exclude} set={setExclude} />
        <LinesField label="Own accounts" hint="One handle a line: not quoted in alerts" value={official} set={setOfficial} />
      </div>
      {error && (
        <p class="problem" role="alert">
          {error}
        </p>
      )}
      <p class="form-actions">
        <button type="submit" class="main-button" disabled={isBusy}>
          Save
        </button>
        <button type="button" class="quiet-button" disabled={isBusy || name.trim() === ''} onClick={() => void run(showPreview)}>
          Preview the last 30 days
        </button>
        <button type="button" class="quiet-button" onClick={cancel}>
          Cancel
        </button>
        {isBusy && (
          <span class="quiet" role="status">
            Working…
          </span>
        )}
      </p>
      {preview && <PreviewResult preview={preview} words={[name, ...toLines(aliases)]} isNew={!brand} />}
    </form>
  );
}

interface FieldProps {
  readonly label: string;
  readonly hint: string;
  readonly value: string;
  readonly set: (value: string) => void;
}

function TextField(props: FieldProps & { readonly isRequired?: boolean; readonly isReadOnly?: boolean }) {
  const { label, hint, value, set, isRequired = false, isReadOnly = false } = props;
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        maxLength={100}
        required={isRequired}
        readOnly={isReadOnly}
        value={value}
        aria-describedby={`${id}-hint`}
        onInput={(event) => set(event.currentTarget.value)}
      />
      <span class="quiet" id={`${id}-hint`}>
        {isReadOnly ? 'Add another brand to rename it' : hint}
      </span>
    </div>
  );
}

function LinesField({ label, hint, value, set }: FieldProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <textarea
        id={id}
        rows={4}
        spellcheck={false}
        value={value}
        aria-describedby={`${id}-hint`}
        onInput={(event) => set(event.currentTarget.value)}
      />
      <span class="quiet" id={`${id}-hint`}>
        {hint}
      </span>
    </div>
  );
}
