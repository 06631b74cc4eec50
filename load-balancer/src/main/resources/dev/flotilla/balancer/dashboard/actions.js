// What the buttons do to the cluster: step a leader down, make a fault. Each asks first.

import { ask, toast } from './dialogs.js';
import { describe, Failure, post } from './http.js';
import { quorumsAtStake } from './verdict.js';

const FAULT = {
  kill: {
    verb: 'Kill',
    text: (node) => `The process of ${node} ends at once, without a chance to save or hand over.`,
    takesAway: true,
  },
  pause: {
    verb: 'Pause',
    text: (node) => `The process of ${node} stops answering until it is resumed.`,
    takesAway: true,
  },
  resume: {
    verb: 'Resume',
    text: (node) => `The process of ${node} goes on where it was paused.`,
    takesAway: false,
  },
  restart: {
    verb: 'Restart',
    text: (node) => `The process of ${node} is started again; if it runs, it hands over and ends first.`,
    takesAway: true,
  },
};

const OLD = 'What the page shows is old; the cluster may look different now.';

/** The sentences of the question before a fault. Pure. */
export function faultLines(action, node, snapshot, isLive) {
  const fault = FAULT[action];
  const lines = [fault.text(node)];
  const groups = snapshot.groups.filter((g) => g.members.some((m) => m.node === node));
  const led = groups.filter((g) => g.leader === node).map((g) => g.name);
  if (fault.takesAway && led.length > 0) {
    lines.push(`${node} leads ${led.join(', ')}: another member has to be elected.`);
  }
  const stakes = fault.takesAway ? quorumsAtStake(snapshot, node) : [];
  if (stakes.length > 0) {
    lines.push(`This takes away a quorum: ${stakes.join('; ')}.`);
  }
  return isLive ? lines : [...lines, OLD];
}

export class Actions {
  #state;
  #isLive;
  #running = new Set();

  /** @param isLive says whether what the page shows is fresh */
  constructor(state, isLive) {
    this.#state = state;
    this.#isLive = isLive;
  }

  async stepDown(groupName) {
    const group = this.#state.group(groupName);
    if (group === null || group.leader === null) {
      toast(`${groupName} has no leader that could step down.`, 'warn');
      return;
    }
    const lines = [`${group.leader} hands over to its best follower. Writes pause for a moment.`];
    const title = `Step down the leader of ${groupName}?`;
    await this.#afterAsking(
      { title, lines: this.#isLive() ? lines : [...lines, OLD], verb: 'Step down', danger: false },
      `step down ${groupName}`,
      async () => {
        const answer = await post('/api/step-down', { group: groupName });
        const told = typeof answer.message === 'string' ? answer.message : '';
        const leads = typeof answer.leader === 'string' ? `${answer.leader} leads ${groupName}` : '';
        const text = told || leads || `${groupName}: ${answer.done === true ? 'done' : 'not done'}`;
        toast(text, answer.done === true ? 'ok' : 'warn');
      },
    );
  }

  async fault(action, node) {
    const { snapshot } = this.#state;
    if (snapshot === null || !Object.hasOwn(FAULT, action)) {
      return;
    }
    const { verb } = FAULT[action];
    const lines = faultLines(action, node, snapshot, this.#isLive());
    await this.#afterAsking(
      { title: `${verb} ${node}?`, lines, verb, danger: FAULT[action].takesAway },
      `${action} ${node}`,
      async () => {
        const answer = await post('/api/chaos', { action, node });
        toast(typeof answer.message === 'string' ? answer.message : `${verb} ${node}: done`);
      },
    );
  }

  async #afterAsking(question, name, act) {
    if (this.#running.has(name)) {
      toast(`${name}: still under way.`, 'warn');
      return;
    }
    this.#running.add(name);
    try {
      if (await ask(question)) {
        await act();
      }
    } catch (error) {
      const why = error instanceof Failure ? describe(error) : String(error.message);
      toast(`${question.title.slice(0, -1)}: ${why}`, 'bad');
    } finally {
      this.#running.delete(name);
    }
  }
}
