import { signal } from '@preact/signals';
import { useState } from 'preact/hooks';
import { type Role, roles } from '../../domain/roles.ts';
import { errorMessage } from '../api/client.ts';
import { addToken, fetchTokens, removeToken } from '../api/settings.ts';
import { formatDateTime } from '../format.ts';
import { invitationLink } from '../state/invitation.ts';
import { session, signIn } from '../state/session.ts';
import { reloadAll, useQuery } from '../state/use-query.ts';
import { timeZone } from '../state/zone.ts';
import { Panel, QueryContent } from './panel.tsx';

const refreshMs = 30_000;

interface Invitation {
  readonly name: string;
  readonly role: Role;
  readonly link: string;
}

/** Kept outside of the component, which is created again if the first token makes everybody sign in. */
const invitation = signal<Invitation | undefined>(undefined);

const roleTexts: Readonly<Record<Role, string>> = {
  viewer: 'viewer: reads everything',
  editor: 'editor: also labels, alerts and brands',
  admin: 'admin: also maintenance and people',
};

/** Who may use feedpulse: API tokens, each with a link that signs a person in. */
export function TokensPanel() {
  const loaded = useQuery('tokens', fetchTokens, refreshMs);
  const [error, setError] = useState<string>();
  const run = (work: Promise<unknown>): Promise<void> =>
    work.then(
      () => {
        setError(undefined);
        reloadAll();
      },
      (thrown: unknown) => setError(errorMessage(thrown)),
    );
  const invite = async (name: string, role: Role): Promise<void> => {
    const { token } = await addToken(name, role);
    invitation.value = { name, role, link: invitationLink(token) };
    // The first token ends the access without one, so it is for the person who creates it.
    if (session.value?.authRequired === false) await signIn(token);
  };
  const revoke = (name: string): void => {
    if (confirm(`Revoke the token ${name}? Its sessions end, and scripts that use it stop working.`)) void run(removeToken(name));
  };
  return (
    <Panel title="People and tokens" hint="Each token is a person or a script">
      {invitation.value && <InvitationNotice invitation={invitation.value} />}
      {error && (
        <p class="problem" role="alert">
          {error}
        </p>
      )}
      <QueryContent loaded={loaded}>
        {({ tokens, isRequired }) => (
          <>
            {!isRequired && (
              <p class="empty">Nobody has to sign in yet. The first token is for you, as admin; from then on everybody needs one.</p>
            )}
            <ul class="brand-settings">
              {tokens.map(({ name, role, createdAt }) => (
                <li key={name} class="brand-row">
                  <span>
                    <b>{name}</b> · {role} <span class="quiet">since {formatDateTime(createdAt, timeZone())}</span>
                  </span>
                  <button type="button" class="quiet-button" aria-label={`Revoke ${name}`} onClick={() => revoke(name)}>
                    Revoke
                  </button>
                </li>
              ))}
            </ul>
            <InviteForm choices={isRequired ? roles : ['admin']} invite={(name, role) => void run(invite(name, role))} />
          </>
        )}
      </QueryContent>
    </Panel>
  );
}

function InviteForm({ choices, invite }: { readonly choices: readonly Role[]; readonly invite: (name: string, role: Role) => void }) {
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>(choices[0] ?? 'viewer');
  const chosen = choices.includes(role) ? role : (choices[0] ?? 'viewer');
  const submit = (event: Event): void => {
    event.preventDefault();
    invite(name.trim(), chosen);
    setName('');
  };
  return (
    <form class="event-form" onSubmit={submit}>
      <label>
        Name of the person or script
        <input required maxLength={64} placeholder="ines" value={name} onInput={(event) => setName(event.currentTarget.value)} />
      </label>
      <label>
        Role
        <select value={chosen} onChange={(event) => setRole(choices.find((one) => one === event.currentTarget.value) ?? chosen)}>
          {choices.map((one) => (
            <option key={one} value={one}>
              {roleTexts[one]}
            </option>
          ))}
        </select>
      </label>
      <button type="submit" class="main-button">
        Create an invitation
      </button>
    </form>
  );
}

/** The link, which is shown only once. */
function InvitationNotice({ invitation: { name, role, link } }: { readonly invitation: Invitation }) {
  const [isCopied, setCopied] = useState(false);
  const copy = (): void =>
    void navigator.clipboard?.writeText(link).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  return (
    <div class="notice plain invitation" role="status">
      <p>
        Whoever opens this link is signed in as <b>{name}</b> ({role}). Send it in private; it is shown only now.
      </p>
      <p class="form-actions">
        <input readOnly value={link} aria-label="Invitation link" onFocus={(event) => event.currentTarget.select()} />
        <button type="button" class="quiet-button" onClick={copy}>
          {isCopied ? 'Copied' : 'Copy'}
        </button>
        <button type="button" class="quiet-button" onClick={() => (invitation.value = undefined)}>
          Done
        </button>
      </p>
    </div>
  );
}
