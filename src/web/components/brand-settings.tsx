import { useState } from 'preact/hooks';
import { errorMessage, pollJob } from '../api/client.ts';
import { type BrandRules, type BrandSetting, reapplyBrands, removeBrand, saveBrand } from '../api/settings.ts';
import { formatPlural } from '../format.ts';
import { BrandForm } from './brand-form.tsx';

interface Props {
  readonly brands: readonly BrandSetting[];
  /** A brand was saved or removed. */
  readonly onChange: () => void;
}

/** The brands, with forms to add, change and remove them. */
export function BrandSettings({ brands, onChange }: Props) {
  /** The brand whose form is open; the empty name is a new brand. */
  const [edited, setEdited] = useState<string>();
  const [notice, setNotice] = useState<string>();
  const [error, setError] = useState<string>();
  const done = (text: string): void => {
    setEdited(undefined);
    setError(undefined);
    setNotice(text);
    onChange();
  };
  const save = async (rules: BrandRules): Promise<void> => {
    await saveBrand(rules);
    done(`${rules.name} is saved. New posts are matched from now on.`);
  };
  const drop = (name: string): void => {
    if (!confirm(`Remove the brand ${name}? Its posts stay.`)) return;
    removeBrand(name).then(
      () => done(`${name} is removed.`),
      (thrown: unknown) => setError(errorMessage(thrown)),
    );
  };
  return (
    <>
      {notice !== undefined && <ReapplyNotice key={notice} text={notice} onDone={onChange} />}
      {error && (
        <p class="problem" role="alert">
          {error}
        </p>
      )}
      {brands.length === 0 && <p class="empty">There are no brands yet: all posts are counted together.</p>}
      <ul class="brand-settings">
        {brands.map((brand) => (
          <li key={brand.name}>
            {edited === brand.name ? (
              <BrandForm brand={brand} save={save} cancel={() => setEdited(undefined)} />
            ) : (
              <BrandRow brand={brand} edit={() => setEdited(brand.name)} drop={() => drop(brand.name)} />
            )}
          </li>
        ))}
      </ul>
      {edited === '' ? (
        <BrandForm save={save} cancel={() => setEdited(undefined)} />
      ) : (
        <button type="button" class="main-button" onClick={() => setEdited('')}>
          Add a brand
        </button>
      )}
      {brands.some(({ isConfigured }) => isConfigured) && (
        <p class="quiet">Brands marked “config file” are defined there, or by the demo, and can only be changed there.</p>
      )}
    </>
  );
}

function BrandRow({ brand, edit, drop }: { readonly brand: BrandSetting; readonly edit: () => void; readonly drop: () => void }) {
  const { name, aliases, exclude, official, timeZone, country, isConfigured } = brand;
  return (
    <div class="brand-row">
      <div>
        <p>
          <b>
            <bdi>{name}</bdi>
          </b>{' '}
          {isConfigured && <span class="rule-state">config file</span>}
        </p>
        <Terms label="also known as" terms={aliases} />
        <Terms label="not with" terms={exclude} />
        <Terms label="own accounts" terms={official} />
        <p class="quiet">
          {timeZone}
          {country !== null && ` · holidays of ${country}`}
        </p>
      </div>
      {!isConfigured && (
        <span class="brand-actions">
          <button type="button" class="quiet-button" aria-label={`Edit ${name}`} onClick={edit}>
            Edit
          </button>
          <button type="button" class="quiet-button" aria-label={`Remove ${name}`} onClick={drop}>
            Remove
          </button>
        </span>
      )}
    </div>
  );
}

const shownTerms = 8;

function Terms({ label, terms }: { readonly label: string; readonly terms: readonly string[] }) {
  if (terms.length === 0) return null;
  return (
    <p class="terms">
      <span class="quiet">{label}</span>{' '}
      {terms.slice(0, shownTerms).map((term) => (
        <span class="brand-tag" key={term}>
          <bdi>{term}</bdi>
        </span>
      ))}
      {terms.length > shownTerms && <span class="quiet">and {terms.length - shownTerms} more</span>}
    </p>
  );
}

/** Says what was changed, and offers to apply it to the stored posts. */
function ReapplyNotice({ text, onDone }: { readonly text: string; readonly onDone: () => void }) {
  const [progress, setProgress] = useState<number>();
  const [outcome, setOutcome] = useState<string>();
  const apply = async (): Promise<void> => {
    setProgress(0);
    try {
      const { changed = 0 } = await pollJob(await reapplyBrands(), setProgress, new AbortController().signal);
      setOutcome(`Done: ${formatPlural(changed, 'stored post')} checked. Charts follow within seconds.`);
      onDone();
    } catch (thrown) {
      setOutcome(errorMessage(thrown));
    }
    setProgress(undefined);
  };
  return (
    <p class="notice plain reapply" role="status">
      <span>
        {text} {outcome ?? 'Stored posts keep their brands until you apply the change to them.'}
      </span>
      {progress !== undefined && <progress max={1} value={progress} aria-label="Applying to stored posts" />}
      {progress === undefined && outcome === undefined && (
        <button type="button" class="quiet-button" onClick={() => void apply()}>
          Apply to stored posts
        </button>
      )}
    </p>
  );
}
