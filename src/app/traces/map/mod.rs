//! The map of services: who calls whom, where errors travel, and what each service says in numbers.
//!
//! | file | is about |
//! |---|---|
//! | `graph` | the services and their calls, functions once, healthy ends put together |
//! | `layers` | which layer each stands in, and in which order |
//! | `place`, `route` | rows of boxes, lanes of lines |
//! | `layout` | all of that as cells of a canvas |
//! | `walk` | the arrows |
//! | `state` | what is on screen and under the cursor |

mod graph;
mod layers;
mod layout;
mod place;
mod route;
mod state;
mod walk;

pub use graph::{Graph, MOST_NODES, MapEdge, MapNode};
pub use layout::{LayerPlace, MapLayout, Room, Shape, ShapeNode, Stroke, lay_out};
pub use state::{MapLabel, TraceMap, Zoom};
pub use walk::Step;
