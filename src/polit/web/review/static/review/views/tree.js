/* The folders of the devices, as a tree: counts come when a folder is opened; choosing one filters. */

import { button, make, personText } from "./dom.js";
import { Panel } from "./panel.js";
import { fetchJson } from "./safetiles.js";

const MOST_CHILDREN = 500;

/* Nodes of an answer. Number 0 is an exhibit's package: it filters as an exhibit. */
export function readNodes(told) {
  const nodes = Array.isArray(told?.folders) ? told.folders : [];
  return nodes
    .filter((node) => Number.isFinite(node?.number) && Number.isFinite(node.package))
    .slice(0, MOST_CHILDREN)
    .map((node) => ({
      below: node.number ? { parent: node.number } : { package: node.package },
      scope: node.number ? { folder: node.number } : { exhibit: node.package },
      name: node.name ?? "",
      count: Number.isFinite(node.items) ? node.items : 0,
      hasChildren: Boolean(node.has_folders),
    }));
}

class Tree {
  constructor(context) {
    this.context = context;
    this.nodes = new WeakMap();
    this.panel = new Panel(context, "tree", "Folders", { isModal: false });
    this.list = make("ul", { role: "tree", class: "viewer-tree", "aria-label": "Folders" });
    this.panel.bar.append(
      button("Show only this folder", () => this.apply()),
      button("All folders", () => this.clear()),
    );
    this.panel.body.append(this.list);
    this.addKeys();
    this.load();
  }

  addKeys() {
    const { keys } = this.panel;
    keys.set("ArrowDown", () => this.move(1));
    keys.set("ArrowUp", () => this.move(-1));
    keys.set("ArrowRight", () => this.expand());
    keys.set("ArrowLeft", () => this.collapse());
    keys.set("Home", () => this.focus(this.visible()[0]));
    keys.set("End", () => this.focus(this.visible().at(-1)));
    keys.set("Enter", () => this.apply());
    keys.set(" ", () => this.apply());
  }

  async children(below) {
    return readNodes(await fetchJson(this.context.config.urls.folders, below ?? {}));
  }

  async load() {
    this.panel.say("Loading …");
    const nodes = await this.children(null).catch(() => null);
    if (this.panel.isClosed) {
      return;
    }
    if (nodes === null) {
      this.panel.say("The folders cannot be read just now.");
      return;
    }
    this.list.replaceChildren(...nodes.map((node, index) => this.item(node, 1, index + 1, nodes.length)));
    this.panel.say(nodes.length > 0 ? "Arrow keys open and move, Enter shows only that folder." : "No folder holds an item.");
    const first = this.visible()[0];
    if (first) {
      first.tabIndex = 0;
      this.panel.firstFocus = first;
      if (this.panel.element.contains(document.activeElement)) {
        first.focus();
      }
    }
  }

  item(node, level, position, size) {
    const name = node.name === "" ? make("span", { class: "polit-missing" }, "no name") : personText(node.name);
    const number = make("span", { class: "viewer-tree__count" }, ` ${node.count.toLocaleString("en-GB")}`);
    const row = make("span", { class: "viewer-tree__row" }, name, number);
    const item = make("li", {
      role: "treeitem", tabindex: "-1", "aria-level": level, "aria-posinset": position, "aria-setsize": size,
      "aria-expanded": node.hasChildren ? "false" : null, "aria-selected": "false",
      "aria-label": `${name.textContent}, ${node.count} items`,
    }, row);
    this.nodes.set(item, node);
    item.addEventListener("focus", () => this.select(item));
    row.addEventListener("click", () => {
      this.focus(item);
      this.toggle(item);
    });
    return item;
  }

  visible() {
    return [...this.list.querySelectorAll("[role='treeitem']")].filter((each) => each.offsetParent !== null);
  }

  active() {
    return this.list.querySelector("[role='treeitem'][tabindex='0']");
  }

  select(item) {
    for (const each of this.list.querySelectorAll("[role='treeitem']")) {
      each.tabIndex = each === item ? 0 : -1;
      each.setAttribute("aria-selected", String(each === item));
    }
  }

  focus(item) {
    if (item) {
      this.select(item);
      item.focus();
    }
  }

  move(by) {
    const all = this.visible();
    this.focus(all[all.indexOf(this.active()) + by]);
  }

  toggle(item) {
    if (item.getAttribute("aria-expanded") === "true") {
      item.setAttribute("aria-expanded", "false");
    } else {
      this.open(item);
    }
  }

  expand() {
    const item = this.active();
    if (item?.getAttribute("aria-expanded") === "true") {
      this.focus(item.querySelector("[role='treeitem']"));
    } else if (item) {
      this.open(item);
    }
  }

  collapse() {
    const item = this.active();
    if (item?.getAttribute("aria-expanded") === "true") {
      item.setAttribute("aria-expanded", "false");
    } else {
      this.focus(item?.parentElement.closest("[role='treeitem']"));
    }
  }

  async open(item) {
    if (!item.hasAttribute("aria-expanded") || item.getAttribute("aria-busy") === "true") {
      return;
    }
    if (!item.querySelector("[role='group']")) {
      item.setAttribute("aria-busy", "true");
      const nodes = await this.children(this.nodes.get(item).below).catch(() => null);
      item.removeAttribute("aria-busy");
      if (nodes === null) {
        this.panel.say("That folder cannot be read just now.");
        return;
      }
      const level = Number(item.getAttribute("aria-level")) + 1;
      const items = nodes.map((node, index) => this.item(node, level, index + 1, nodes.length));
      item.append(make("ul", { role: "group" }, ...items));
    }
    item.setAttribute("aria-expanded", "true");
  }

  apply() {
    const item = this.active();
    if (item) {
      const { folder: _folder, ...scope } = this.context.config.scope ?? {};
      this.context.reload({ ...scope, ...this.nodes.get(item).scope });
      this.context.announce(`Only the folder ${item.getAttribute("aria-label")} is shown.`);
    }
  }

  clear() {
    const { folder: _folder, ...scope } = this.context.config.scope ?? {};
    this.context.reload(scope);
    this.context.announce("All folders are shown.");
  }
}

export function open(context) {
  return new Tree(context).panel.asView(() => []);
}
