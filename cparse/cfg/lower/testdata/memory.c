struct file;
struct inode { int i_mode; };
struct file_operations {
	int (*open)(struct inode *, struct file *);
	long (*poll)(struct file *, void *);
};
struct file {
	unsigned int f_flags;
	const struct file_operations *f_op;
	union {
		struct inode *inode;
		unsigned long raw;
	};
	struct { int x, y; } pos;
	char name[16];
	unsigned kind:3, live:1;
	int level:5;
};
typedef struct { int counter; } atomic_t;
struct pair { long a, b; };

extern struct file *get_file(int fd);
extern struct pair get_pair(void);
extern atomic_t refs;
static long helper(long x);

long members(struct file *f, void *wait)
{
	f->f_flags |= 0x800;
	f->pos.y = f->name[3];
	f->raw = 0;
	refs.counter++;
	if (f->f_op && f->f_op->poll)
		return f->f_op->poll(f, wait);
	return f->inode->i_mode;
}

int bits(struct file *f, unsigned v)
{
	f->kind = v;
	f->level = -1;
	return f->live + f->level;
}

long locals(int n)
{
	struct pair p = { .b = n }, q;
	long arr[4] = { 1, [2 ... 3] = 9 };
	char buf[8] = "ab";
	int x;
	long *ptr = &arr[n];

	q = p;
	q.a = *(volatile int *)&x;
	p = get_pair();
	return get_pair().b + ptr[-1] + (ptr - arr) + q.b + buf[n] + helper(n);
}

static long helper(long x)
{
	static long calls, limit = 5;
	const char *s = "text";

	return ++calls > limit ? s[x] : sizeof(struct pair);
}

int pointers(int (*cb)(int), unsigned char *p, long n)
{
	*p++ = n;
	p += n;
	return cb(*--p) + (p == (void *)0) + (p < p + n);
}
