// Making and changing DOM nodes in place. Data goes in as text only, never as markup.

const SVG = 'http://www.w3.org/2000/svg';

/** An HTML element; props are attributes, plus `text` and `on: {event: listener}`. */
export function h(tag, props = {}, ...children) {
  return fill(document.createElement(tag), props, children);
}

/** An SVG element, as {@link h}. */
export function s(tag, props = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), props, children);
}

function fill(node, props, children) {
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) {
      continue;
    }
    if (name === 'text') {
      node.textContent = value;
    } else if (name === 'on') {
      for (const [type, listener] of Object.entries(value)) {
        node.addEventListener(type, listener);
      }
    } else {
      node.setAttribute(name, value === true ? '' : String(value));
    }
  }
  for (const child of children) {
    if (child !== null && child !== undefined) {
      node.append(child);
    }
  }
  return node;
}

/** One of the symbols in the page, as decoration: words stand beside it. */
export function icon(name) {
  return s('svg', { class: 'icon', 'aria-hidden': 'true' }, s('use', { href: `#i-${name}` }));
}

/** Shows another symbol in an icon made by {@link icon}. */
export function setIcon(svg, name) {
  setAttr(svg.firstElementChild, 'href', `#i-${name}`);
}

export function setText(node, text) {
  if (node.textContent !== text) {
    node.textContent = text;
  }
}

/** Sets an attribute, or takes it away for null. */
export function setAttr(node, name, value) {
  if (value === null || value === undefined) {
    if (node.hasAttribute(name)) {
      node.removeAttribute(name);
    }
  } else if (node.getAttribute(name) !== String(value)) {
    node.setAttribute(name, String(value));
  }
}

export function show(node, visible) {
  if (node.hasAttribute('hidden') === visible) {
    node.toggleAttribute('hidden', !visible);
  }
}

export function byId(id) {
  const node = document.getElementById(id);
  if (node === null) {
    throw new Error(`the page has no #${id}`);
  }
  return node;
}

const viewsOf = new WeakMap();

/**
 * Makes the children of a node match a list, one view for each item. Views that stay keep their
 * nodes and, unless the order changed, are not moved, so focus and scroll positions survive.
 *
 * @param keyOf names an item; of two with one name the second is left out
 * @param create makes a view `{root, update(item)}` for an item
 * @returns whether the focus was in a view that is gone
 */
export function reconcile(parent, items, keyOf, create) {
  let views = viewsOf.get(parent);
  if (views === undefined) {
    views = new Map();
    viewsOf.set(parent, views);
  }
  const wanted = new Map();
  for (const item of items) {
    const key = keyOf(item);
    if (!wanted.has(key)) {
      wanted.set(key, item);
    }
  }
  let lostFocus = false;
  for (const [key, view] of views) {
    if (!wanted.has(key)) {
      lostFocus = lostFocus || view.root.contains(document.activeElement);
      view.root.remove();
      views.delete(key);
    }
  }
  let at = parent.firstElementChild;
  for (const [key, item] of wanted) {
    let view = views.get(key);
    if (view === undefined) {
      view = create(item);
      views.set(key, view);
      parent.insertBefore(view.root, at);
    } else if (view.root === at) {
      at = at.nextElementSibling;
    } else {
      parent.insertBefore(view.root, at);
    }
    view.update(item);
  }
  return lostFocus;
}

/** Whether movement on the screen is unwelcome. */
export function calm() {
  return matchMedia('(prefers-reduced-motion: reduce)').matches;
}
