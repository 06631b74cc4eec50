// The table of a group's members: one row each, changed in place.

import { h, icon, reconcile, setAttr, setIcon, setText, show } from './dom.js';
import { integer, millis, NONE, seconds } from './format.js';
import { isFarBehind } from './verdict.js';

/** A member not heard of for this long stands out. */
const QUIET_MILLIS = 2_000;

const ROLE = {
  LEADER: { word: 'leader', icon: 'leader' },
  FOLLOWER: { word: 'follower', icon: 'follower' },
  CANDIDATE: { word: 'candidate', icon: 'candidate' },
  LEARNER: { word: 'learner', icon: 'learner' },
  FAILED: { word: 'failed', icon: 'bad' },
  JOINING: { word: 'joining', icon: 'learner' },
  REPLACED: { word: 'replaced', icon: 'gone' },
  REMOVED: { word: 'removed', icon: 'gone' },
  UNREACHABLE: { word: 'no answer', icon: 'silent' },
};

/** Roles that a voter may have. */
const VOTING = new Set(['LEADER', 'FOLLOWER', 'CANDIDATE', 'FAILED', 'UNREACHABLE']);

const FAULTS = [
  ['kill', 'Kill'],
  ['pause', 'Pause'],
  ['resume', 'Resume'],
  ['restart', 'Restart'],
];

/** Column titles; the last one is there only where faults may be made. */
const COLUMNS = [
  ['Node', 'node'],
  ['Role', 'role'],
  ['Term', 'number'],
  ['Commit', 'number'],
  ['Trails leader by', 'number'],
  ['Last contact', 'number'],
  ['Uptime', 'number'],
  ['Problem', 'problem'],
  ['Make a fault', 'faults'],
];

/** How a role is called and which symbol stands for it; a role we do not know is called by its name. */
export function roleLook(role) {
  return ROLE[role] ?? { word: role.toLowerCase(), icon: 'follower' };
}

/** "12", or a dash for the leader itself and for who is not known. Pure. */
export function lagWord(member) {
  return member.role === 'LEADER' ? NONE : integer(member.lag);
}

function cell(column, ...children) {
  const [label, kind] = COLUMNS[column];
  return h('td', { role: 'cell', class: kind, 'data-label': label }, ...children);
}

function faultCell(node, onFault) {
  const buttons = FAULTS.map(([action, word]) =>
    h('button', {
      type: 'button',
      class: 'small',
      'data-testid': `chaos-${action}`,
      'aria-label': `${word} ${node}`,
      text: word,
      on: { click: () => onFault(action, node) },
    }),
  );
  return cell(8, h('span', { class: 'fault-buttons' }, ...buttons));
}

/** What a role is called, with a word where a vote would be expected and is lacking. Pure. */
export function roleWord(member) {
  const { word } = roleLook(member.role);
  return !member.voter && VOTING.has(member.role) ? `${word}, no vote` : word;
}

function row(member, onFault) {
  const roleIcon = icon(roleLook(member.role).icon);
  const roleText = h('span');
  const badge = h('span', { class: 'role' }, roleIcon, roleText);
  const name = h('span', { class: 'node-name', text: member.node });
  const address = h('span', { class: 'node-address' });
  const values = [2, 3, 4, 5, 6].map((column) => cell(column));
  const [term, commit, lag, contact, uptime] = values;
  const problem = cell(7);
  const node = h(
    'th',
    { scope: 'row', role: 'rowheader', class: 'node', 'data-label': 'Node' },
    name,
    address,
  );
  const root = h(
    'tr',
    { role: 'row', 'data-testid': 'member-row' },
    node,
    cell(1, badge),
    ...values,
    problem,
    onFault === null ? null : faultCell(member.node, onFault),
  );

  function update(now) {
    setAttr(root, 'data-node', now.node);
    setAttr(root, 'data-role', now.role);
    setText(roleText, roleWord(now));
    setIcon(roleIcon, roleLook(now.role).icon);
    setText(address, now.address ?? '');
    setText(term, integer(now.term));
    setText(commit, integer(now.commitIndex));
    setAttr(commit, 'title', `applied ${integer(now.appliedIndex)}, last ${integer(now.lastIndex)}`);
    setText(lag, lagWord(now));
    setAttr(lag, 'data-mark', isFarBehind(now) ? 'warn' : null);
    setText(contact, millis(now.sinceContactMillis));
    const quiet = now.sinceContactMillis !== null && now.sinceContactMillis > QUIET_MILLIS;
    setAttr(contact, 'data-mark', quiet ? 'warn' : null);
    setText(uptime, now.uptimeMillis === null ? NONE : seconds(now.uptimeMillis / 1000));
    setText(problem, now.problem ?? '');
    setAttr(problem, 'data-empty', now.problem === null ? 'yes' : null);
  }

  return { root, update };
}

/**
 * A table `{root, update(group, chaos)}`.
 *
 * @param onFault called with kill, pause, resume or restart and a node's name
 */
export function memberTable(groupName, onFault) {
  const titles = COLUMNS.map(([text, kind]) =>
    h('th', { scope: 'col', role: 'columnheader', class: kind, text }),
  );
  const body = h('tbody', { role: 'rowgroup' });
  const empty = h('p', { class: 'muted', text: 'No member is known.', hidden: true });
  const table = h(
    'table',
    { role: 'table', class: 'members', 'aria-label': `Members of ${groupName}` },
    h('thead', { role: 'rowgroup' }, h('tr', { role: 'row' }, ...titles)),
    body,
  );
  const root = h('div', { class: 'members-wrap' }, table, empty);

  function update(group, chaos) {
    setAttr(table, 'data-chaos', chaos ? 'yes' : null);
    show(titles[8], chaos);
    show(table, group.members.length > 0);
    show(empty, group.members.length === 0);
    // Returns whether the focus was in a row that is gone.
    return reconcile(
      body,
      group.members,
      // Rows with and without buttons are different rows.
      (member) => `${member.id}/${member.node}/${chaos}`,
      (member) => row(member, chaos ? onFault : null),
    );
  }

  return { root, update };
}
