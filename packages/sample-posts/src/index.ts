export { datastorePosts, type DatastorePostsOptions } from './datastore-posts.ts'
export { POSTS_PAGE, type Post, type PostStore } from './post-store.ts'
export { postsFunction, type PostsFunction, type PostsOptions } from './posts.ts'
export { POSTS_ROUTES } from './posts-routes.ts'
