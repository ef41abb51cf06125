import { type Shape, sample } from './shape.ts';

const seconds = (ms: number): number => Math.floor(ms / 1_000);
const spaced = (ms: number): string => new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
const titles = ['It sings', 'Three weeks', 'Old phones', 'Broken', 'The best', 'Friendly', 'Works well', 'Loose lid'];

/** The other half of them. */
export const laterCollectedShapes: readonly Shape[] = [
  {
    name: 'a change feed in which deletions have no record',
    messages: sample(({ index, text, handle, person, count, at }) => ({
      kind: index === 6 ? 'post.deleted' : index % 4 === 3 ? 'post.updated' : 'post.created',
      seq: 990_401 + index * 3,
      shard: index % 4,
      emitted_at: new Date(at + 2_880).toISOString(),
      post_id: `${index}z4dqd4jc6${index}`,
      author_id: `acc_5199${index % 6}`,
      record:
        index === 6
          ? null
          : {
              text,
              created_at: new Date(at).toISOString(),
              updated_at: index % 4 === 3 ? new Date(at + 60_000).toISOString() : null,
              lang: 'en',
              web_url: `https://murmur.example/${handle}/${index}z4dqd4jc6${index}`,
              parent_id: index === 4 ? '1z4dqd4jc61' : null,
              author: { handle, name: person },
              visibility: 'public',
              reactions: { heart: count, laugh: 5 },
            },
      removal: index === 6 ? { reason: 'author', removed_at: new Date(at).toISOString() } : null,
    })),
    expected: {
      deletedWhen: { path: 'kind', equals: 'post.deleted' },
      id: 'post_id',
      text: 'record.text',
      createdAt: 'record.created_at',
      updatedAt: 'record.updated_at',
      lang: 'record.lang',
      url: 'record.web_url',
      authorId: 'author_id',
      authorHandle: 'record.author.handle',
      authorName: 'record.author.name',
    },
    optional: { inReplyTo: 'record.parent_id', likes: 'record.reactions.heart', deleted: 'removal.removed_at' },
  },
  {
    name: 'an export of a community chat',
    messages: sample(({ index, text, handle, person, at }) => ({
      export: { job: 'chatdump-58', written: '2026-11-23T02:00:00Z', line: index + 1 },
      workspace: { id: 'w-brix', host: 'brixomel-users.chatter.example' },
      channel: { id: 'c-1187', name: 'kettles', purpose: 'Anything about kettles. Be kind, attach pictures.' },
      kind: 'message',
      uid: `c-1187:${20_518 + index * 3}`,
      ts: `${seconds(at)}.25922${index}`,
      thread_ts: index % 4 === 3 ? null : `${seconds(at - (index % 2) * 420_001)}.25922${index - (index % 2)}`,
      content: text,
      edited: index === 2 ? { ts: `${seconds(at) + 90}.430257`, by: 'm-0003' } : null,
      member: {
        id: `m-00${91 + (index % 5)}`,
        nick: handle,
        real_name: index === 5 ? null : person,
        status_text: ['on a train', '', null][index % 3],
        locale: 'en-GB',
      },
      reactions: index % 2 ? [] : [{ name: 'tada', count: '5' }],
    })),
    expected: {
      id: 'uid',
      text: 'content',
      createdAt: 'ts',
      updatedAt: 'edited.ts',
      authorId: 'member.id',
      authorHandle: 'member.nick',
      authorName: 'member.real_name',
    },
  },
  {
    name: 'comments of a newspaper, date and time apart, prefixed keys',
    messages: sample(({ index, text, handle, person, count, at }) => ({
      cmt_no: String(440_871 + index * 13),
      cmt_parent_no: index % 3 === 2 ? String(440_871 + (index - 1) * 13) : '0',
      cmt_date: spaced(at).slice(0, 10),
      cmt_time: spaced(at).slice(11),
      cmt_subject: index % 4 === 1 ? '' : titles[index],
      cmt_text: `${text}. At least on Sundays.`,
      cmt_recommend: String(count),
      cmt_status: index === 6 ? 'shortened' : 'approved',
      cmt_editor_note: index === 6 ? 'Shortened by the editors, see our house rules.' : null,
      reader_no: String(76_466 + ((index * 3) % 7) * 1_201),
      reader_alias: index % 2 ? handle : person,
      reader_town: ['Fishgate', 'Upper Moor', null][index % 3],
      art_slug: ['kettles-that-sing', 'prices-rise-again'][index % 2],
      art_headline: ['Kettles that sing, and why they do', 'Prices of kettles rise again'][index % 2],
      art_teaser: ['The makers promise that a new valve ends the noise by spring.', 'Steel is dear, the trade association says.'][
        index % 2
      ],
      art_date: spaced(at).slice(0, 10),
      art_url: `https://www.ledger.example/news/${['kettles-that-sing', 'prices-rise-again'][index % 2]}`,
      edition: 'online',
    })),
    expected: {
      id: 'cmt_no',
      text: ['{cmt_subject}\\n\\n{cmt_text}', 'cmt_text', 'cmt_subject'],
      createdAt: '{cmt_date} {cmt_time}',
    },
    optional: { url: 'art_url', authorHandle: 'reader_alias', authorName: 'reader_alias', authorId: 'reader_no', likes: 'cmt_recommend' },
  },
  {
    name: 'reviews of a hotel with scores out of ten',
    messages: sample(({ index, text, person, at }) => ({
      exportInfo: { accountId: 'BX-001', generatedAt: '2026-11-27 00:15:00', pageToken: null },
      property: {
        propertyId: 48_213,
        name: 'Hotel Kestrivo',
        stars: 4,
        overallScore: '8.1',
        summary: 'A hotel at the harbour with 64 rooms, a restaurant and a small wellness area.',
      },
      review: {
        reviewRef: String(1_641_827_555 + index * 998_877_661),
        bookingRef: `B76D588${index}`,
        headline: index === 3 ? '' : titles[index],
        reviewText: `${text}. The breakfast was fine as well.`,
        liked: index % 3 ? 'The smoked trout at breakfast' : null,
        disliked: index % 2 ? 'The walls' : null,
        score: ['8.5', '10', '6', '7', '9.2', '1.5', '9', '6'][index],
        subScores: { staff: String(3 + index), cleanliness: '5', location: '10' },
        submittedAt: spaced(at),
        modifiedAt: spaced(at + (index === 6 ? 511_000 : 0)),
        stayedFrom: '2026-11-14',
        languageTag: index % 2 ? 'en' : 'en-GB',
        publicUrl: `https://scores.example/kestrivo/r/${1_641_827_555 + index * 998_877_661}`,
        reply: index % 3 === 0 ? { text: 'Dear guest, thank you for your honest words.', repliedAt: spaced(at + 86_400_000) } : null,
      },
      guest: {
        guestId: `g-20145${index}`,
        firstName: person.split(' ')[0],
        countryCode: ['AU', 'BG', 'GB'][index % 3],
        travellerType: 'COUPLE',
        reviewCount: 10 + index,
      },
      channel: 'stayscore',
    })),
    expected: {
      id: 'review.reviewRef',
      text: ['{review.headline}\\n\\n{review.reviewText}', 'review.reviewText', 'review.headline'],
      createdAt: 'review.submittedAt',
      updatedAt: 'review.modifiedAt',
      lang: 'review.languageTag',
      url: 'review.publicUrl',
      platform: 'channel',
      authorId: 'guest.guestId',
      authorName: 'guest.firstName',
    },
  },
  {
    name: 'hits of a search index, with several texts, times and links',
    messages: sample(({ index, text, handle, person, at }) => {
      const id = `a864417e0e5cd5${index}8`;
      return {
        _index: 'mentions-2026.11.20',
        _id: `microblog:${id}`,
        _score: null,
        sort: [at, id],
        _source: {
          doc_id: id,
          project: 'brixomel',
          content: {
            raw: `@kestrivo ${text} #Brixomel https://lnk.example/x9${index}`,
            clean: text,
            ai_summary: index % 3 ? 'A user reports a kettle that sings.' : null,
            title: null,
            length: text.length,
          },
          times: { published: at, modified: index % 3 ? null : at + 352_000, crawled: at + 1_552_412, indexed: at + 2_212_605 + index },
          author: {
            key: `microblog/${handle}`,
            screenName: handle,
            fullName: person,
            bio: index % 2 ? 'Boats, locks, opinions.' : null,
            followerCount: String(4_515 + index),
          },
          origin: {
            type: 'microblog',
            site: 'microblog.example',
            link: `https://microblog.example/${handle}/a864417${index}`,
            archiveLink: `https://archive.vault.example/${id}`,
          },
          nlp: { language: 'en', languageConfidence: 0.9 + index / 100, sentiment: 'negative', stars: null, entities: ['Brixomel'] },
          flags: { spam: false, duplicate: false, reviewed: false },
        },
      };
    }),
    expected: {
      id: ['_source.doc_id', '_id'],
      text: ['_source.content.raw', '_source.content.clean'],
      createdAt: '_source.times.published',
      updatedAt: '_source.times.modified',
      lang: '_source.nlp.language',
      url: '_source.origin.link',
      platform: ['_source.origin.type', '_source.origin.site'],
      authorId: '_source.author.key',
      authorHandle: '_source.author.screenName',
      authorName: '_source.author.fullName',
      authorFollowers: '_source.author.followerCount',
    },
  },
  {
    name: 'the mirror of a photo app with one-letter keys',
    messages: sample(({ index, text, handle, person, count, at }) => {
      const id = (of: number): string => `_Cxa-aT${of}-v${of}`;
      return {
        v: 2,
        k: id(index),
        t: text,
        c: String(at),
        e: index % 3 === 1 ? String(at + 28_261) : null,
        l: 'en',
        u: {
          i: String(69_992_881 + ((index * 3) % 7) * 1_114),
          n: handle,
          d: person,
          b: index % 2 ? 'Film only. Mostly out of focus.' : null,
        },
        n: { lk: String(count), cm: '6' },
        m:
          index % 3 === 0
            ? [{ i: `e6021fe7b7d${index}`, w: 1_080, h: 1_350, al: 'A pier at dusk with an orange streak in the top left' }]
            : [],
        p:
          index > 4
            ? {
                k: id(index - 3),
                t: [
                  'Does the Kestrivo app work on old phones?',
                  'Broken again. This is the second Brixomel in a year!',
                  'Honestly the best coffee machine I have ever had',
                ][index - 5],
                u: { n: 'ravi' },
              }
            : null,
        s: `/p/${id(index)}`,
        x: String(seconds(at) + 90 + index),
      };
    }),
    expected: { id: 'k', text: 't', createdAt: 'c' },
    optional: {
      updatedAt: 'e',
      lang: 'l',
      inReplyTo: 'p.k',
      authorId: 'u.i',
      authorHandle: 'u.n',
      authorName: 'u.d',
    },
  },
];
