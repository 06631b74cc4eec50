// What is wrong, in words. Pure: snapshots in, sentences out.

import { clock, count, integer, list, rate, seconds } from './format.js';

/** A member this many entries behind its leader is worth a word. */
export const FAR_BEHIND = 10_000;

const MOST_NAMED = 3;

/** Whether a voter is far behind; a learner that catches up is no reason to worry. */
export function isFarBehind(member) {
  return member.voter && member.lag !== null && member.lag >= FAR_BEHIND;
}

function silent(member) {
  return member.role === 'UNREACHABLE' || member.role === 'FAILED';
}

function doNotAnswer(names) {
  return `${list(names)} ${names.length === 1 ? 'does' : 'do'} not answer`;
}

/** ok, warn or bad. */
export function groupLevel(group) {
  if (!group.quorum || group.leader === null) {
    return 'bad';
  }
  const fine = group.members.every(
    (m) => !silent(m) && m.problem === null && !isFarBehind(m),
  );
  return fine ? 'ok' : 'warn';
}

/** The state of a group in a few words, for its badge. */
export function groupWord(group) {
  const voters = group.voters === null ? '' : ` of ${group.voters}`;
  const answer = group.answering === null ? '' : `: ${group.answering}${voters} answer`;
  if (!group.quorum) {
    return `No quorum${answer}`;
  }
  return group.leader === null ? `No leader${answer}` : `Quorum${answer}`;
}

/** What a group without leader or quorum means for its keys; null when it has both. */
export function groupAlarm(group) {
  if (!group.quorum) {
    const names = group.members.filter((m) => m.voter && silent(m)).map((m) => m.node);
    const who = names.length === 0 ? '' : `: ${doNotAnswer(names)}`;
    return `No quorum${who}. Keys of ${group.name} cannot be written or safely read until a majority answers.`;
  }
  if (group.leader === null) {
    return `No leader. Requests for keys of ${group.name} wait or fail until one is elected.`;
  }
  return null;
}

function withoutQuorum(groups) {
  if (groups.length > MOST_NAMED) {
    return [`${groups.length} groups have no quorum: ${list(groups.map((g) => g.name))}`];
  }
  return groups.map((group) => {
    const names = group.members.filter((m) => m.voter && silent(m)).map((m) => m.node);
    return `${group.name} has no quorum${names.length === 0 ? '' : `: ${doNotAnswer(names)}`}`;
  });
}

function withoutLeader(groups) {
  if (groups.length === 0) {
    return [];
  }
  const have = groups.length === 1 ? 'has' : 'have';
  return [`${list(groups.map((g) => g.name))} ${have} no leader`];
}

/** What is wrong with members of groups that serve. */
function aboutMembers(groups) {
  const lost = new Set();
  const failed = new Map();
  const problems = new Map();
  const behind = [];
  for (const group of groups) {
    for (const member of group.members) {
      if (member.role === 'UNREACHABLE') {
        lost.add(member.node);
      } else if (member.role === 'FAILED') {
        failed.set(member.node, member.problem);
      } else if (member.problem !== null) {
        problems.set(member.node, member.problem);
      } else if (isFarBehind(member)) {
        behind.push(`${member.node} trails the leader of ${group.name} by ${integer(member.lag)}`);
      }
    }
  }
  const parts = [];
  if (lost.size > 0) {
    parts.push(doNotAnswer([...lost]));
  }
  for (const [node, problem] of failed) {
    parts.push(`${node} stopped itself${problem === null ? '' : `: ${problem}`}`);
  }
  for (const [node, problem] of problems) {
    parts.push(`${node}: ${problem}`);
  }
  return parts.concat(behind);
}

/**
 * One line about the whole cluster.
 *
 * @param snapshot as state.js makes it
 * @returns {level: ok|warn|bad, text}
 */
export function verdict(snapshot) {
  const groups = snapshot.groups;
  if (groups.length === 0) {
    return { level: 'warn', text: 'This balancer knows of no group' };
  }
  const noQuorum = groups.filter((g) => !g.quorum);
  const noLeader = groups.filter((g) => g.quorum && g.leader === null);
  const serving = groups.filter((g) => g.quorum && g.leader !== null);
  const bad = [...withoutQuorum(noQuorum), ...withoutLeader(noLeader)];
  const warn = aboutMembers(serving.concat(noLeader));
  if (bad.length === 0 && snapshot.balancer.failed >= 0.05) {
    warn.push(`${rate(snapshot.balancer.failed)} requests per second fail`);
  }
  const parts = [...bad, ...warn];
  if (parts.length > 0) {
    const shown = parts.slice(0, MOST_NAMED).join('; ');
    const more = parts.length - MOST_NAMED;
    return {
      level: bad.length > 0 ? 'bad' : 'warn',
      text: more > 0 ? `${shown}; and ${more} more` : shown,
    };
  }
  if (groups.length === 1) {
    return { level: 'ok', text: `${groups[0].name} has a leader and all its members answer` };
  }
  const all = groups.length === 2 ? 'Both groups have' : `All ${groups.length} groups have`;
  return { level: 'ok', text: `${all} a leader and all members answer` };
}

/** The verdict as it may be shown: what is old is said to be old. */
export function shownVerdict(snapshot, connection) {
  if (snapshot === null) {
    const text =
      connection.state === 'reconnecting'
        ? 'Not known: the balancer does not answer'
        : 'Not known yet: waiting for the first data';
    return { level: 'unknown', text };
  }
  const now = verdict(snapshot);
  if (connection.state === 'live') {
    return now;
  }
  return {
    level: 'unknown',
    text: `Not known now. At ${clock(connection.lastDataAt)}: ${now.text}`,
  };
}

/** The connection in a few words. */
export function connectionWord(connection, now) {
  switch (connection.state) {
    case 'live':
      return 'Live';
    case 'connecting':
      return 'Connecting';
    case 'paused':
      return 'Paused while the page is hidden';
    case 'stale':
      return `Stale: last data ${seconds((now - connection.lastDataAt) / 1000)} ago`;
    default:
      return `Reconnecting since ${seconds((now - connection.brokenSince) / 1000)}`;
  }
}

/** A sentence for the banner over old data; null while the data is fresh or there is none yet. */
export function oldDataSentence(connection, now) {
  if (connection.state === 'live' || connection.state === 'connecting') {
    return null;
  }
  if (connection.state === 'paused') {
    return `Everything below is old: the stream is paused while nobody sees the page. The last data came at ${clock(connection.lastDataAt)}.`;
  }
  const trying =
    connection.nextTryAt > now
      ? `Trying again in ${seconds(Math.max(1, (connection.nextTryAt - now) / 1000))}.`
      : 'Trying again now.';
  if (connection.lastDataAt === 0) {
    return `The balancer's event stream cannot be reached. ${trying}`;
  }
  const at = clock(connection.lastDataAt);
  const age = seconds((now - connection.lastDataAt) / 1000);
  if (connection.state === 'stale') {
    return `Everything below is old: the last data came at ${at}, ${age} ago. The stream is open but silent; waiting for it.`;
  }
  return `Everything below is old: the last data came at ${at}, ${age} ago. The event stream broke. ${trying}`;
}

/** What taking voters of a node away would do; empty when every group keeps its quorum. */
export function quorumsAtStake(snapshot, node) {
  const lost = [];
  for (const group of snapshot.groups) {
    const voters = group.members.filter((m) => m.voter);
    const here = voters.some((m) => m.node === node && !silent(m));
    const left = voters.filter((m) => m.node !== node && !silent(m)).length;
    if (here && left * 2 <= voters.length) {
      lost.push(`${group.name} would keep ${count(left, 'voter')} of ${voters.length}`);
    }
  }
  return lost;
}
