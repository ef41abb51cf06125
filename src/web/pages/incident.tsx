import type { Incident as IncidentAnswer, IncidentDetail } from '../api/alerts.ts';
import { fetchPosts, postKey } from '../api/history.ts';
import { BrandHistory } from '../components/brand-history.tsx';
import { labelOf } from '../components/incident.ts';
import { IncidentHead, postsOf, Terms, useIncident } from '../components/incident-card.tsx';
import { Panel, QueryContent } from '../components/panel.tsx';
import { PostCard } from '../components/post-card.tsx';
import { ViewLink } from '../components/view-link.tsx';
import { formatDateTime } from '../format.ts';
import { view } from '../state/router.ts';
import { useQuery } from '../state/use-query.ts';
import type { TimeRange } from '../state/view-state.ts';
import { currentRange, timeZone } from '../state/zone.ts';

const postsRefreshMs = 60_000;
const maxPosts = 12;

/** One incident: what happened, the charts around it, who was notified, and its posts. */
export function Incident() {
  const range = currentRange();
  const { incident: id = '' } = view.value;
  const loaded = useIncident(id);
  return (
    <QueryContent loaded={loaded} lines={12}>
      {(incident) => (
        <div class="view">
          <article class={`incident ${incident.isAdverse ? 'adverse' : ''}`}>
            <IncidentHead incident={incident} timeZone={timeZone()} />
            <div class="story">
              <Terms terms={incident.terms} />
              {incident.notes.map((note) => (
                <p key={note}>{note}</p>
              ))}
            </div>
          </article>
          <BrandHistory brand={incident.brand} range={range} incidents={[incident]} />
          <Notifications incident={incident} />
          <Posts incident={incident} />
        </div>
      )}
    </QueryContent>
  );
}

function Notifications({ incident: { alerts, brand } }: { readonly incident: IncidentDetail }) {
  const zone = timeZone();
  return (
    <Panel title="Notifications">
      {alerts.length === 0 ? (
        <p class="empty">No alert was sent: the rules saw this while reading stored history, or were silenced.</p>
      ) : (
        <ul class="notifications">
          {alerts.map(({ id, at, rule, severity, channels, acked, updates }) => (
            <li key={id}>
              <time dateTime={at}>{formatDateTime(at, zone)}</time> <bdi>{rule}</bdi> · {severity} ·{' '}
              {channels.length > 0 ? `sent to ${channels.join(', ')}` : 'no channels configured'}
              {acked && ' · acknowledged'}
              {updates.map((update) => (
                <span key={update.at} class="update">
                  <time dateTime={update.at}>{formatDateTime(update.at, zone)}</time> {updateNames[update.kind]}
                </span>
              ))}
            </li>
          ))}
        </ul>
      )}
      <p>
        <ViewLink to={{ page: 'alerts', brands: brand === '*' ? [] : [brand] }}>Alerts and rules</ViewLink>
      </p>
    </Panel>
  );
}

const updateNames = { escalated: 'escalated', reopened: 'began again', resolved: 'resolved' } as const;

function Posts({ incident }: { readonly incident: IncidentAnswer }) {
  const { brand, worst, from, resolvedAt } = incident;
  const label = labelOf(worst);
  const range: TimeRange = { from, to: resolvedAt ?? 'now' };
  const loaded = useQuery(
    `incident posts ${incident.id} ${resolvedAt}`,
    (signal) => fetchPosts(brand, range, { ...(label && { label }), sort: 'impact', official: 'exclude' }, { limit: maxPosts }, signal),
    postsRefreshMs,
  );
  const now = Date.now();
  return (
    <Panel
      title={`${label === undefined ? 'Posts' : label === 'negative' ? 'Negative posts' : 'Positive posts'} of the incident`}
      hint="most important first, without official accounts"
      actions={<ViewLink to={postsOf(incident)}>All posts</ViewLink>}
    >
      <QueryContent loaded={loaded} lines={8}>
        {({ posts }) => (
          <ol class="cards">
            {posts.map((post) => (
              <li key={postKey(post)}>
                <PostCard post={post} now={now} timeZone={timeZone()} />
              </li>
            ))}
          </ol>
        )}
      </QueryContent>
    </Panel>
  );
}
