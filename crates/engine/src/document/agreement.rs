//! Both readers on one page.

use std::{collections::HashMap, ops::ControlFlow};

use ego_tree::iter::Edge;
use scraper::{ElementRef, Html, Node};

use super::{selector::Selector, tree::CleanPage};

/// What the readers see differently, if anything: elements, attributes, texts,
/// or what the selectors find that this thread has used so far.
pub(super) fn disagreement(clean: &CleanPage<'_>, strict: &Html) -> Option<String> {
    trees_differ(clean, strict).or_else(|| matches_differ(clean, strict))
}

/// Walks along both trees at once.
fn trees_differ(clean: &CleanPage<'_>, strict: &Html) -> Option<String> {
    let mut next = 0;
    let mut texts_seen = 0;
    let mut open = Vec::new();
    let mut text = String::new();
    for edge in strict.root_element().traverse() {
        let texts_end = match edge {
            Edge::Open(node) => match node.value() {
                Node::Text(more) => {
                    text.push_str(more);
                    continue;
                }
                Node::Element(_) => {
                    let index = next;
                    next += 1;
                    if let Some(difference) = element_differs(clean, index, ElementRef::wrap(node)?)
                    {
                        return Some(difference);
                    }
                    open.push(index);
                    clean.node(index).texts.start
                }
                _ => continue,
            },
            Edge::Close(node) if node.value().is_element() => {
                let index = open.pop()?;
                if clean.node(index).end != next {
                    return Some(format!("<{}> ends elsewhere", clean.tag(index).name()));
                }
                clean.node(index).texts.end
            }
            Edge::Close(_) => continue,
        } as usize;
        let same: String = clean.texts(texts_seen..texts_end.max(texts_seen)).collect();
        if same != text {
            return Some(format!("the text {same:?} is {text:?}"));
        }
        text.clear();
        texts_seen = texts_end;
    }
    let count = clean.tree.nodes.len();
    (next as usize != count).then(|| format!("{count} elements are {next}"))
}

fn element_differs(clean: &CleanPage<'_>, index: u32, strict: ElementRef<'_>) -> Option<String> {
    let strict = strict.value();
    if index as usize >= clean.tree.nodes.len() {
        return Some(format!("<{}> is missing", strict.name()));
    }
    let name = clean.tag(index).name();
    if name != strict.name() {
        return Some(format!("<{name}> is <{}>", strict.name()));
    }
    let mut ours: Vec<_> = clean.attributes(index).collect();
    let mut theirs: Vec<_> = strict.attrs().collect();
    ours.sort_unstable();
    theirs.sort_unstable();
    (ours != theirs).then(|| format!("the attributes {ours:?} of <{name}> are {theirs:?}"))
}

fn matches_differ(clean: &CleanPage<'_>, strict: &Html) -> Option<String> {
    let places: HashMap<_, _> = strict
        .root_element()
        .descendent_elements()
        .zip(0..)
        .map(|(element, place)| (element.id(), place))
        .collect();
    Selector::in_use().into_iter().find_map(|selector| {
        let mut ours = Vec::new();
        selector.clean.visit(clean, clean.descendants(0), |index| {
            ours.push(index);
            ControlFlow::Continue(())
        });
        let theirs: Vec<u32> = strict
            .root_element()
            .select(&selector.strict)
            .filter_map(|element| places.get(&element.id()).copied())
            .collect();
        (ours != theirs).then(|| {
            format!(
                "a selector finds {} elements, not {}",
                ours.len(),
                theirs.len()
            )
        })
    })
}
